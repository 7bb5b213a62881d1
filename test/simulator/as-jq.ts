import type { Core, KeptStep } from "../../simulator/core";
import { answersOfJq } from "../../simulator/jq/reference";

/** The steps that a core has kept and that jq itself answers in another way. */
export async function answeredOtherwise({ text, kept }: Core): Promise<KeptStep[]> {
  const answers = await answersOfJq(
    text,
    kept.map(({ input }) => input),
  );
  expect(answers).toHaveLength(kept.length);
  return kept.filter(({ answer }, i) => answer !== answers[i]);
}
