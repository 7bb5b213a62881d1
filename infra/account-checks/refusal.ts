/** What a look-up gives, or the sentence for a provider's word that nothing is there. @throws whatever else it is refused with */
export async function foundOr<Found>(
  lookUp: () => Promise<Found>,
  refusals: readonly (readonly [words: RegExp, sentence: string])[],
): Promise<Found | string> {
  try {
    return await lookUp();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const known = refusals.find(([words]) => words.test(said));
    if (known === undefined) throw error;
    return known[1];
  }
}

/** The provider has no other way to say it than words: its own, or those of AWS's API. */
export const NOTHING_THERE = /no matching|NoSuch|NotFound|not found|couldn't find|empty result/i;
