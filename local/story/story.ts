import type { Progress } from "../progress";
import type { Region } from "../region/region";
import { waitFor } from "../region/wait";
import type { Environment } from "./environment";
import { buildAgent, buildBrokenHello, buildHello, towline } from "./packages";
import { Client } from "./traffic";

const BOOT = 120_000;
/** The minute's poll, and time for the hosts to go one after the other. */
const POLL = 150_000;

/** The main story: from source to two environments, and back from a mistake. @throws Error at the first promise that does not hold. */
export async function tellStory(
  region: Region,
  staging: Environment,
  prod: Environment,
  progress: Progress,
): Promise<void> {
  await progress.step("hello 1.0.0 is built and published to staging, signed", async (note) => {
    const [agent, hello] = [await buildAgent(region), await buildHello(region, "1.0.0")];
    note((await towline(region, "publish", "--stack", "staging", agent, hello)).trim().replaceAll("\n", "\n    "));
  });

  await progress.step("staging's instances boot, prove healthy and answer hello 1.0.0", async (note) => {
    await staging.serves("1.0.0", 2, BOOT);
    for (const member of staging.members()) note(bootTime(member));
  });

  const next = await progress.step(
    "the same packages go to prod, and its instances answer hello 1.0.0",
    async (note) => {
      const agent = (await towline(region, "status", "--stack", "staging", "--json")).match(
        /"towline-agent": ?"([^"]+)"/,
      )?.[1];
      await towline(region, "promote", `towline-agent=${agent}`, "--from", "staging", "--to", "prod");
      await towline(region, "promote", "hello=1.0.0", "--from", "staging", "--to", "prod");
      const built = await buildHello(region, "1.1.0");
      await prod.serves("1.0.0", 2, BOOT);
      for (const member of prod.members()) note(bootTime(member));
      return built;
    },
  );

  await progress.step(
    "hello 1.1.0 is published; staging's hosts find it by themselves, and no request fails",
    async (note) => {
      const client = new Client(staging.address);
      await towline(region, "publish", "--stack", "staging", next);
      await staging.serves("1.1.0", 2, POLL);
      noFailures(await client.stop(), note);
    },
  );

  await progress.step("hello 1.1.0 is promoted to prod, byte for byte", async (note) => {
    const client = new Client(prod.address);
    note(
      (await towline(region, "promote", "hello=1.1.0", "--from", "staging", "--to", "prod"))
        .trim()
        .replaceAll("\n", "\n    "),
    );
    await towline(region, "nudge", "--stack", "prod");
    await prod.serves("1.1.0", 2, POLL);
    noFailures(await client.stop(), note);
  });

  await progress.step("prod grows from 2 to 3 instances, and Slack says why", async (note) => {
    await prod.setDesiredCapacity(3);
    await prod.serves("1.1.0", 3, BOOT);
    const newest = prod.members().at(-1);
    if (newest) note(bootTime(newest));
    note(`Slack: ${await prod.slackSays(/prod.*2.*3/s, 15_000)}`);
  });

  await progress.step(
    "prod shrinks to 2: out of the load balancer first, then off, and Slack says why",
    async (note) => {
      const client = new Client(prod.address);
      await prod.setDesiredCapacity(2);
      await waitFor("an instance to go", () => prod.members().length === 2, { timeout: 60_000 });
      await prod.serves("1.1.0", 2, 30_000);
      noFailures(await client.stop(), note);
      note(`Slack: ${await prod.slackSays(/prod.*3.*2/s, 15_000)}`);
    },
  );

  await progress.step("a broken hello 1.2.0 goes back by itself, and staging keeps answering", async (note) => {
    const client = new Client(staging.address);
    await towline(region, "publish", "--stack", "staging", await buildBrokenHello(region, "1.2.0"));
    await towline(region, "nudge", "--stack", "staging");
    note(`Slack: ${await staging.slackSays(/1\.2\.0.*1\.1\.0|1\.1\.0.*1\.2\.0/s, POLL)}`);
    await staging.serves("1.1.0", 2, 60_000);
    noFailures(await client.stop(), note);
  });
}

function bootTime(member: { spec: { id: string }; launchedAt: number; inServiceAt?: number }): string {
  const seconds = ((member.inServiceAt ?? Number.NaN) - member.launchedAt) / 1000;
  return `${member.spec.id} in service ${seconds.toFixed(1)} s after its launch`;
}

function noFailures(traffic: { requests: number; failures: readonly string[] }, note: (text: string) => void): void {
  if (traffic.failures.length > 0) {
    throw new Error(
      `${traffic.failures.length} of ${traffic.requests} requests failed:\n${traffic.failures.slice(0, 5).join("\n")}`,
    );
  }
  note(`${traffic.requests} requests meanwhile, none failed`);
}
