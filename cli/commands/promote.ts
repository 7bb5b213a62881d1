import type { Command } from "commander";
import { InputError } from "../errors";
import { announce } from "../event";
import { printResult } from "../progress";
import { parsePackageName, parsePackageVersion } from "../repository/package-version";
import { type PromotionPlan, previewPromotion, promotePackage } from "../repository/promote";
import { openShelf, type PublisherFlags, publisherOf, withPublisherOptions } from "./options";

const HELP = `
Only what the source's hosts proved healthy is promoted: every group that runs the package found the version good, and none
bad. Without a version it is the newest such one. Native code for another release of Debian than the target's hosts run is refused. The package is copied, not rebuilt: its sha256 is read back from both
buckets and compared. Its commit, build and who published it are kept in the target's record; its evidence (SBOM, what it was
built from) is verified with the source's key, and carried over signed by both.

Examples:
  towline promote hello --from staging --to prod --signing-key ~/keys/prod.secret.asc
  towline promote hello --from staging --to prod --dry-run
  towline promote hello=1.2.0 --from staging --to prod --json | jq -r .to.sha256
  towline promote hello=1.2.1 --from staging --to prod --force --reason 'hot fix, staging is down'`;

interface Options extends PublisherFlags {
  readonly from: string;
  readonly to: string;
  readonly force?: boolean;
  readonly reason?: string;
  readonly allowOlder?: boolean;
  readonly requireProvenance?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline promote`. */
export function addPromote(program: Command): void {
  const command = program
    .command("promote")
    .description("copy a package from one stack's repository to another's")
    .argument("<package[=version]>", "what to promote, such as hello=1.2.0")
    .requiredOption("--from <stack>", "stack that has it")
    .requiredOption("--to <stack>", "stack that gets it")
    .option("--force", "promote it although nothing proves it healthy; needs --reason")
    .option("--reason <text>", "why it is forced, which is recorded")
    .option(
      "--allow-older",
      "also where a higher version is listed there, so that no host runs this one until that is withdrawn",
    )
    .option("--require-provenance", "refuse a package of which nothing signed says what it was built from")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  withPublisherOptions(command).action(async (argument: string, options: Options) => {
    if (options.from === options.to) throw new InputError(`--from and --to are both ${options.from}; they must differ`);
    const wanted = argument.includes("=")
      ? parsePackageVersion(argument)
      : { name: parsePackageName(argument), version: undefined };
    const forced = reasonToForce(options);
    const [from, to] = [
      await openShelf(options.from, undefined, command),
      await openShelf(options.to, undefined, command),
    ];
    if (options.dryRun) {
      const plan = await previewPromotion(wanted, from, to, { allowOlder: options.allowOlder ?? false }, forced);
      const ends = { from: from.stack.name, to: to.stack.name };
      printResult(options.json, { dryRun: true, ...plan, ...ends }, describePlan(plan, ends));
      return;
    }
    const publisher = {
      ...publisherOf(to.stack, options),
      allowOlder: options.allowOlder ?? false,
      requireProvenance: options.requireProvenance ?? false,
    };
    const promotion = await promotePackage(wanted, from, to, publisher, forced);
    printResult(options.json, promotion, [
      `${promotion.package} ${promotion.version} ${promotion.changed ? "promoted" : "was there already"}, byte-identical:`,
      `  ${promotion.from.stack}  sha256 ${promotion.from.sha256}  ${promotion.from.url}`,
      `  ${promotion.to.stack}  sha256 ${promotion.to.sha256}  ${promotion.to.url}`,
      ...(promotion.forced === null ? [] : [`  forced although ${promotion.forced}`]),
    ]);
    if (!promotion.changed) return;
    const { package: name, version, previous, commit, buildUrl } = promotion;
    await announce(to.stack, {
      stage: "promoted",
      package: name,
      version,
      previous,
      from: from.stack.name,
      reason: promotion.forced === null ? "" : `forced although ${promotion.forced}: ${forced}`,
      by: publisher.by,
      commit,
      buildUrl,
    });
  });
}

function describePlan(plan: PromotionPlan, { from, to }: { readonly from: string; readonly to: string }): string[] {
  const release = `${plan.package} ${plan.version}`;
  if (!plan.changes) return [`${to}: lists ${release} already; nothing would be done`];
  return [
    `${to}: ${release} would be promoted from ${from}, byte for byte (sha256 ${plan.sha256})`,
    `${to}: the highest version there now is ${plan.previous === null ? "none" : `${plan.package} ${plan.previous}`}`,
    ...(plan.forced === null ? [] : [`  forced although ${plan.forced}`]),
  ];
}

function reasonToForce({ force, reason }: Options): string | undefined {
  if (force && (reason ?? "").trim() === "") throw new InputError("--force needs --reason TEXT, which is recorded");
  if (!force && reason !== undefined)
    throw new InputError("--reason says why a promotion is forced; give --force with it");
  return force ? reason : undefined;
}
