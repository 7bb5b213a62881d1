import { isDenied } from "../aws";
import { UserError } from "../errors";
import type { Listed, Listing } from "../repository/listing";

/** Where everything lies that the page reads. */
const PREFIXES = ["channels/", "dists/", "env/", "hosts/", "releases/", "rollout/"];

/**
 * One listing of the whole bucket for each look. Whoever may list the folders alone, as the operators of an older towline, lists each of
 * them, and those of others not at all.
 */
export function listedOnce(listing: Listing): Listing {
  let whole = true;
  return async () => {
    if (whole) {
      try {
        return await listing("");
      } catch (error) {
        if (!(error instanceof UserError) || !isDenied(error)) throw error;
        whole = false;
      }
    }
    return (await Promise.all(PREFIXES.map((prefix) => allowed(listing, prefix)))).flat();
  };
}

/** The hosts and what holds for them must be seen; the rest is left out where it may not be. */
async function allowed(listing: Listing, prefix: string): Promise<Listed[]> {
  try {
    return await listing(prefix);
  } catch (error) {
    const needed = prefix === "hosts/" || prefix === "rollout/";
    if (needed || !(error instanceof UserError) || !isDenied(error)) throw error;
    return [];
  }
}
