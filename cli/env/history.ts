import { settingsObject } from "../../infra/names";
import { mapConcurrently } from "../concurrency";
import { UserError } from "../errors";
import type { VersionContent, Versions } from "../repository/versions";
import { timestamp } from "../time";
import { type Difference, differenceOf } from "./edit";
import { parseSettings, type Settings } from "./file";
import { AUTHOR } from "./store";

/** One version of a package's settings: names and never values. */
export interface HistoryEntry {
  readonly version: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Who wrote it; null where a person did past towline. */
  readonly by: string | null;
  /** The names it holds; null where it is not what towline writes. */
  readonly names: readonly string[] | null;
  /** What is different from the version before; null where that is not known. */
  readonly difference: Difference | null;
}

/**
 * The versions of a package's settings that the bucket keeps, the newest first.
 * @param limit how many at the most; each is read
 */
export async function readHistory(versions: Versions, name: string, limit: number): Promise<HistoryEntry[]> {
  const key = settingsObject(name);
  // One more, to compare the last one with.
  const listed = (await versions.list(key)).slice(0, limit + 1);
  const read = await mapConcurrently(listed, async (version) => {
    const content = version.deleted ? undefined : await versions.get(key, version.id);
    return { ...version, content, settings: settingsOf(content, `s3://${versions.name}/${key}`) };
  });
  const entries = read.map(({ id, at, content, settings }, index) => {
    const before = read[index + 1]?.settings;
    return {
      version: id,
      at: timestamp(at),
      by: authorOf(content),
      names: settings === undefined ? null : [...settings.keys()].sort(),
      difference: settings === undefined || before === undefined ? null : differenceOf(before, settings),
    };
  });
  return entries.slice(0, limit);
}

/**
 * The values of an earlier version.
 * @throws UserError when there is no such version or it is not what towline writes
 */
export async function readVersion(versions: Versions, name: string, id: string): Promise<ReadonlyMap<string, string>> {
  const key = settingsObject(name);
  const place = `s3://${versions.name}/${key}`;
  const content = await versions.get(key, id);
  if (content === undefined) {
    throw new UserError(`${place} has no version '${id}' to read; 'towline env history' lists its versions`);
  }
  const settings = parseSettings(content.content.toString("utf8"), `${place}, version ${id}`);
  return new Map([...settings].map(([each, { value }]) => [each, value]));
}

/** A deletion is a version without settings. */
function settingsOf(content: VersionContent | undefined, place: string): Settings | undefined {
  if (content === undefined) return new Map();
  try {
    return parseSettings(content.content.toString("utf8"), place);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function authorOf(content: VersionContent | undefined): string | null {
  const author = content?.metadata[AUTHOR];
  if (author === undefined) return null;
  try {
    return decodeURIComponent(author);
  } catch {
    // Written past towline: as it is.
    return author;
  }
}
