import { describeApp } from "../cli/deb/describe";
import { parseDotenv } from "../cli/env/dotenv";
import { readText } from "../cli/env/input";
import { readStackFile } from "../infra/config";
import { type AppOptions, parseOptions } from "./options";
import { Progress } from "./progress";
import { startPage } from "./region/page";
import { place } from "./region/place";
import { type LocalStack, Region, ROOT } from "./region/region";
import { APP_GROUP, type OwnApp, tellApp } from "./story/app";
import { appGroup, type GroupSection, groupLines } from "./story/app-group";
import { Environment } from "./story/environment";
import { explainFailure } from "./story/failure";
import { tellFleet } from "./story/fleet";
import { addGroups, FLEET_GROUPS, RELEASES_GROUPS, rolloutGroups } from "./story/groups";
import { tellReleases } from "./story/releases";
import { tellRollout } from "./story/rollout";
import { beginStory, tellStory } from "./story/story";

const STACKS = ["staging", "prod"] as const;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  const progress = new Progress();
  const app = options.app && { ...options.app, ...(await describeApp(options.app.folder)) };
  // A line that is no setting is said now rather than once everything stands.
  if (app?.envFile !== undefined) parseDotenv(await readText(app.envFile, process.stdin), app.envFile);
  const own = app && appGroup(app, app.healthPath);
  const rollout = options.rollout ? rolloutGroups(options.maxUnavailable) : {};
  await addGroups(ROOT, {
    ...(options.releases && RELEASES_GROUPS),
    ...(options.fleet && FLEET_GROUPS),
    ...rollout,
    ...(own && { [APP_GROUP]: own }),
  });
  const alone = options.fleetOnly || options.rollout || app !== undefined;
  const configs = (alone ? STACKS.slice(0, 1) : STACKS).map((stack) => readStackFile(stack, ROOT));
  // The third port and the fourth, whichever stacks there are.
  const slackPort = options.port + STACKS.length;
  const pagePort = slackPort + 1;

  const region = await progress.step("the local region starts: AWS names, metadata, DNS, Slack", () =>
    Region.start(configs, slackPort),
  );
  try {
    const environments = await progress.step(
      `${configs.map(({ stack }) => stack).join(" and ")}: declared and created`,
      async (note) => {
        const stacks: LocalStack[] = [];
        for (const config of configs) {
          const stack = await region.create(config);
          stacks.push(stack);
          note(`${config.stack}: ${stack.declared.length} resources (all of them: npm run synth -- ${config.stack})`);
        }
        await region.balancer.start(frontends(stacks, options.port, slackPort, pagePort));
        return stacks.map(
          (stack, index) => new Environment(region, stack, `http://${place.serviceAddress()}:${options.port + index}/`),
        );
      },
    );
    // The parts that are told alone ask nothing of prod, and have none.
    const [staging, prod = staging] = environments as [Environment, Environment?];
    const stage = { region, staging, prod, progress };
    if (app && own) {
      await tellApp(stage, app);
      for (const line of appAddresses(app, own, options.port)) progress.line(line);
    } else if (options.rollout && !options.idle) await tellRollout(stage);
    else if (!options.idle) {
      await beginStory(stage);
      if (!options.exit) for (const line of firstAddresses(options.port)) progress.line(line);
      if (!options.fleetOnly) await tellStory(stage);
      if (options.fleet) await tellFleet(stage);
      if (options.releases) await tellReleases(stage);
    }
    if (!options.idle && !app) progress.line(`\nEvery step held, in ${progress.total()}.`);
  } catch (error) {
    await explainFailure(region, error as Error);
    return 1;
  }
  if (options.exit) return 0;
  const page = await startPage(
    region,
    configs.map(({ stack }) => stack),
    pagePort,
  );
  for (const line of app ? [`  page   ${page}`] : addresses(options.port, page)) progress.line(line);
  await new Promise<never>(() => undefined);
  return 0;
}

function frontends(stacks: readonly LocalStack[], port: number, slackPort: number, pagePort: number) {
  const served = stacks.flatMap(({ config, backend, rules }, index) =>
    backend === undefined && rules.length === 0 ? [] : [{ name: config.stack, port: port + index, backend, rules }],
  );
  return [
    ...served,
    { name: "slack", port: slackPort, backend: { address: `${place.serviceAddress()}:${slackPort}` }, rules: [] },
    { name: "page", port: pagePort, backend: { address: `127.0.0.1:${pagePort}` }, rules: [] },
  ];
}

function firstAddresses(port: number): string[] {
  return [
    "",
    `  staging answers now: http://127.0.0.1:${port}/   Slack: http://127.0.0.1:${port + 2}/   The story goes on.`,
    "",
  ];
}

function addresses(port: number, page: string): string[] {
  return [
    "",
    `  staging  http://127.0.0.1:${port}/`,
    `  prod     http://127.0.0.1:${port + 1}/`,
    `  Slack    http://127.0.0.1:${port + 2}/`,
    `  page     ${page}`,
    "",
    "In another terminal: npm run local -- towline status --stack staging",
    "Ctrl-C ends it and leaves the machine as it was.",
  ];
}

/** Where an app of somebody's own is, and how it goes on. */
function appAddresses(
  { name, version, folder, port }: OwnApp & AppOptions,
  section: GroupSection,
  first: number,
): string[] {
  const address = port === undefined ? "no address, since it has no process web" : `http://127.0.0.1:${first}/`;
  return [
    "",
    `  ${name}  ${address}   (${version}, on two hosts)`,
    `  Slack  http://127.0.0.1:${first + STACKS.length}/`,
    "",
    "The same in AWS: this in Pulumi.staging.yaml, then 'pulumi up -s staging', 'towline build' and 'towline publish' (README, \"Run it in AWS\")",
    ...groupLines(APP_GROUP, section).map((line) => `    ${line}`),
    "",
    "After a change to the app, in another terminal:",
    `  npm run local -- deploy ${folder}`,
    "For a setting (docs/settings.md):",
    `  npm run local -- towline env set ${name} NAME --stack staging`,
    "To look on:",
    "  npm run local -- towline status --stack staging --watch",
    "Ctrl-C ends it and leaves the machine as it was.",
  ];
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(`towline: ${error.message}`);
    process.exit(1);
  },
);
