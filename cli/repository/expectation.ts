import { mapConcurrently } from "../concurrency";
import { compareVersions } from "../deb/version-order";
import { InputError } from "../errors";
import { type IndexedPackage, versionsOf } from "./packages";
import { readRelease } from "./release";
import { placeOf, type Shelf } from "./suite";

/** What whoever asked for a rollback took for granted: it is refused where that no longer holds, so that no order counts twice. */
export interface Expectation {
  /** The highest version that is listed. */
  readonly from?: string | undefined;
  /** When it was asked for, ISO 8601; hosts have been offered the same version since. */
  readonly asked?: string | undefined;
}

/** @throws InputError where it does not hold, with what happened. */
export async function checkExpectation(
  shelf: Shelf,
  live: readonly IndexedPackage[],
  name: string,
  { from, asked }: Expectation,
): Promise<void> {
  const [highest] = versionsOf(live, name);
  if (from !== undefined && highest !== from) {
    throw new InputError(
      `${placeOf(shelf)} lists ${highest === undefined ? `no version of ${name}` : `${name} ${highest}`}, and no longer ${from}, ` +
        "from which it was to go back; look at what is there, and ask again",
    );
  }
  const changed = asked === undefined ? undefined : await changeSince(shelf, highest, name, asked);
  if (changed === undefined) return;
  throw new InputError(
    `${placeOf(shelf)}: ${name} ${changed.version} was ${changed.deed} at ${changed.at}, after this was asked for at ${asked}; ` +
      "look at what is there, and ask again",
  );
}

interface Happened {
  readonly version: string;
  readonly deed: string;
  readonly at: string;
}

/** What has made another version the highest since then: that it came, or that a higher one went. */
async function changeSince(
  shelf: Shelf,
  highest: string | undefined,
  name: string,
  asked: string,
): Promise<Happened | undefined> {
  const prefix = `${shelf.suite.records}${name}/`;
  const versions = (await shelf.bucket.list(prefix)).map((key) => key.slice(prefix.length).replace(/\.json$/, ""));
  const concerned = versions.filter((version) => highest === undefined || compareVersions(version, highest) >= 0);
  const releases = await mapConcurrently(concerned, (version) => readRelease(shelf.bucket, shelf.suite, name, version));
  const happened = releases.flatMap((release): Happened[] => {
    if (release === undefined) return [];
    const { version, withdrawn, relisted, published } = release;
    const deeds = version === highest ? { published, "listed again": relisted } : { withdrawn };
    return Object.entries(deeds).flatMap(([deed, done]) => (done ? { version, deed, at: done.at } : []));
  });
  return happened.find(({ at }) => Date.parse(at) > Date.parse(asked));
}
