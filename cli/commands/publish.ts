import type { Command } from "commander";
import { mapConcurrently } from "../concurrency";
import { type DebFile, readDeb } from "../deb/deb";
import { compareVersions } from "../deb/version-order";
import { InputError } from "../errors";
import { announce, prepareToAnnounce } from "../event";
import { printResult, warn } from "../progress";
import { type Evidence, missEvidence, readEvidence } from "../provenance/evidence";
import { commitOf, parseStatement } from "../provenance/statement";
import { newSinceLast } from "../repository/last-shape";
import type { IndexedPackage } from "../repository/packages";
import { provenanceOf } from "../repository/provenance";
import { type PublishedPackage, publishPackages } from "../repository/publish";
import { placeOf, type Shelf } from "../repository/suite";
import { openShelf, type PublisherFlags, publisherOf, withPublisherOptions } from "./options";

const HELP = `
What is published already, byte for byte, is left alone; the same name and version with other bytes is refused, and so is
what was withdrawn, and native code for another release of Debian than the image of a group that runs it. A version below the highest one listed is refused too, since hosts would never run it: give it to a channel,
or list it with --allow-older to have it at hand. What 'towline build' laid beside a package (its SBOM, and what it was built from)
is checked against it, signed and stored beside it. What a version brings that the last one did not and that runs as root or lies outside its
app (maintainer scripts, setuid files, paths) is said aloud. Of each package the newest versions stay (towline:repository.keep, 10 unless said), and older ones that
a host runs or may go back to. Published is what the stack's groups run, towline's own packages, and what towline:publisher.packages names.

Examples:
  towline publish --stack staging hello_1.2.0_all.deb --signing-key ~/keys/staging.secret.asc
  towline publish --stack staging --channel feature-x dist/*.deb
  TOWLINE_SIGNING_KEY_FILE=/run/secrets/key towline publish --stack staging dist/*.deb --json`;

interface Options extends PublisherFlags {
  readonly stack: string;
  readonly channel?: string;
  readonly allowOlder?: boolean;
  readonly requireProvenance?: boolean;
  readonly commit?: string;
  readonly buildUrl?: string;
  readonly json?: boolean;
}

/** `towline publish`. */
export function addPublish(program: Command): void {
  const command = program
    .command("publish")
    .description("put packages into a stack's signed apt repository")
    .argument("<file...>", ".deb files")
    .requiredOption("--stack <stack>", "stack to publish to")
    .option("--channel <name>", "only for the groups that follow this channel")
    .option("--allow-older", "list a version below the highest one too, which no host runs until that is withdrawn")
    .option("--require-provenance", "refuse a package without the evidence that 'towline build' lays beside it")
    .option(
      "--commit <hash>",
      "commit the packages are built from (default: what their evidence says, else GIT_COMMIT, else git's here)",
    )
    .option("--build-url <url>", "page of the build (default: BUILD_URL of Jenkins)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  withPublisherOptions(command).action(async (paths: readonly string[], options: Options) => {
    const shelf = await openShelf(options.stack, options.channel, command);
    const publisher = {
      ...publisherOf(shelf.stack, options),
      allowOlder: options.allowOlder ?? false,
      meanwhile: () => prepareToAnnounce(shelf.stack),
    };
    const [provenance, files] = await Promise.all([
      provenanceOf(options, process.env, process.cwd()),
      mapConcurrently(paths, readDeb),
    ]);
    const evidence = await evidenceOf(files, options);
    const origin = { ...provenance, promotedFrom: null, forced: null };
    const publication = await publishPackages(shelf, files, { ...publisher, evidence }, origin);
    const place = placeOf(shelf);
    const line = (words: string) => (entry: IndexedPackage) =>
      `${place}: ${entry.name} ${entry.version} ${words}, sha256 ${entry.sha256}`;
    printResult(options.json, { stack: shelf.stack.name, bucket: shelf.bucket.name, ...publication }, [
      ...publication.published.map(line("published")),
      ...publication.unchanged.map(line("is there already")),
      ...publication.dropped.map(line("is old and dropped")),
    ]);
    for (const entry of publication.published) {
      const { name, version, previous } = entry;
      if (previous !== null && compareVersions(previous, version) > 0) {
        warn(`${place}: hosts stay with ${name} ${previous}, which is newer than ${version}`);
      }
      await showNew(shelf, publisher.stateDirectory, files, entry);
      const { commit, buildUrl } = origin;
      const { channel } = options;
      await announce(shelf.stack, {
        stage: "published",
        package: name,
        version,
        previous,
        channel,
        by: publisher.by,
        commit,
        buildUrl,
      });
    }
  });
}

/** Says what a version brings that runs as root or lies outside its app, and that the last one did not bring. */
async function showNew(
  shelf: Shelf,
  folder: string,
  files: readonly DebFile[],
  entry: PublishedPackage,
): Promise<void> {
  const file = files.find(({ sha256 }) => sha256 === entry.sha256);
  if (file === undefined) return;
  const found = await newSinceLast(folder, shelf, file, entry);
  const { name, version, previous } = entry;
  if (found === undefined)
    warn(`${name} ${version}: what is new in it is not known, since ${name} ${previous} is not there`);
  else if (found.length > 0) warn(`${name} ${version} brings what ${previous} did not: ${found.join(", ")}`);
}

/** @throws InputError at evidence of another package, or from another commit than the one that was given */
async function evidenceOf(files: readonly DebFile[], options: Options): Promise<ReadonlyMap<string, Evidence>> {
  const found = new Map<string, Evidence>();
  const missing: string[] = [];
  for (const file of files) {
    const evidence = await readEvidence(file);
    if (evidence === undefined) {
      missing.push(file.path);
      continue;
    }
    const built = commitOf(parseStatement(evidence.statement));
    if (options.commit !== undefined && built !== null && built !== options.commit) {
      throw new InputError(
        `${file.path}: was built from commit ${built}, not from ${options.commit}, which --commit gives`,
      );
    }
    found.set(file.sha256, evidence);
  }
  missEvidence(missing, options.requireProvenance ?? false);
  return found;
}
