import { Resolver } from "node:dns/promises";
import { TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { Member } from "../fleet/member";
import { RESOLVER_ADDRESS } from "../region/place";
import { waitFor } from "../region/wait";
import { tellAccess } from "./access";
import { DATA, DATABASE, EDGE, WORKER } from "./groups";
import { towlineWith } from "./packages";
import { tellReplacement } from "./replacement";
import { membersOf, type Note, type Stage } from "./stage";
import { ask, Client, noFailures } from "./traffic";

/** Every kind of node that the main story has not shown. @throws Error at the first promise that does not hold. */
export async function tellFleet(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step(
    "a worker has found the web group by its name alone, and finds the database's door closed",
    (note) => findByName(stage, note),
  );
  await progress.step("a host's credentials open what is its own, and nothing anywhere else", (note) =>
    tellAccess(stage, note),
  );
  await progress.step(
    "a web host appears in DNS, leaves it and drains; a disk and an address outlive their hosts; a spot host ends its work in time",
    (note) => Promise.all([followNames, keepVolume, keepAddress, loseSpot].map((tell) => tell(stage, note))),
  );
  await progress.step("a setting reaches every host within a minute, one restart each, no request fails", (note) =>
    changeSetting(stage, note),
  );
  await tellReplacement(stage);
}

/** The only host of a group, once it is in service. `other` is the one whose place it took. */
function only(stage: Stage, group: string, other?: Member): Promise<Member> {
  const found = () => membersOf(stage, group).find((member) => member !== other && member.lifecycle === "InService");
  return waitFor(`the host of ${group}`, found);
}

function exec(member: Member, ...command: string[]): Promise<string> {
  return member.host?.exec(...command) ?? Promise.reject(new Error(`${member.spec.id} is not running`));
}

/** Waits until the newest line of the worker's log fits, and returns it. */
async function workerSays(stage: Stage, pattern: RegExp): Promise<string> {
  const worker = await only(stage, WORKER);
  const last = async () => {
    const line = (await exec(worker, "journalctl", "--output=cat", "--lines=1", "--identifier=hello-worker-1")).trim();
    return pattern.test(line) && line;
  };
  return waitFor(`the worker's log to say ${pattern}`, last);
}

async function findByName(stage: Stage, note: Note): Promise<void> {
  note(await workerSays(stage, /http:\/\/web\.staging\.internal:6000\/ says hello /));
  const closed = `http://${(await only(stage, DATABASE)).spec.address}:6000/`;
  const code = await exec(await only(stage, WORKER), "sh", "-c", `curl --silent --max-time 2 ${closed} || echo "$?"`);
  // 28: curl waited in vain.
  if (code.trim() !== "28")
    throw new Error(`${closed} of ${DATABASE} answered the worker, which does not use it: ${code}`);
  note(`${closed} of ${DATABASE}, which it does not use, is closed to it`);
}

/** Addresses that hosts get for the name of a group, in order. */
async function addresses(name: string): Promise<string> {
  const resolver = new Resolver();
  resolver.setServers([RESOLVER_ADDRESS]);
  return (await resolver.resolve4(`${name}.staging.internal`).catch(() => [])).sort().join(", ");
}

async function followNames(stage: Stage, note: Note): Promise<void> {
  const { staging } = stage;
  const serving = () =>
    staging
      .members()
      .filter((member) => member.lifecycle === "InService")
      .map((member) => member.spec.address)
      .sort()
      .join(", ");
  const known = async (count: number) => {
    const agree = async () => serving().split(", ").length === count && (await addresses("web")) === serving();
    await waitFor(`DNS to know the ${count} web hosts that serve`, agree);
    note(`web.staging.internal: ${await addresses("web")}`);
  };
  const client = new Client(staging.address);
  await known(2);
  await staging.setDesiredCapacity(3);
  await known(3);
  const before = staging.members();
  await staging.setDesiredCapacity(2);
  await known(2);
  await waitFor("the third host to be off", () => staging.members().length === 2);
  note(noFailures(await client.stop()));
  const [gone] = before.filter((member) => !staging.members().includes(member));
  const [leftAt, drainedAt, stoppedAt] = [gone?.leftAt, gone?.drainedAt, gone?.stoppedAt].map(
    (at) => at ?? Number.NaN,
  ) as [number, number, number];
  if (!(drainedAt <= leftAt && leftAt <= stoppedAt))
    throw new Error(`${gone?.spec.id} was off before it had drained and let go`);
  note(
    `${gone?.spec.id} drained, stopped its processes and let Auto Scaling go on ${stoppedAt - leftAt} ms before it was off`,
  );
}

/** As a failing disk or a health check would have it: this host goes, and another takes its place. */
async function loseHost(stage: Stage, member: Member): Promise<void> {
  const command = { InstanceId: member.spec.id, ShouldDecrementDesiredCapacity: false };
  const { autoScaling } = stage.region.clients(member.spec.region);
  await autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(command));
}

/** EC2's two minutes in milliseconds, at the end of which the host is gone, ready or not. */
const NOTICE = 120_000;

async function loseSpot(stage: Stage, note: Note): Promise<void> {
  const first = await only(stage, WORKER);
  const ready = new AbortController();
  const ending = stage.region.fleet.interrupt(first, NOTICE, ready.signal);
  const active = () =>
    exec(first, "systemctl", "list-units", "--plain", "--no-legend", "--state=active", "hello-worker@*");
  const left = async () => (await active()).trim() === "" && (await addresses(WORKER)) === "";
  await waitFor("the spot host to end its work and to lose its name", left, { timeout: NOTICE, interval: 500 });
  note(
    `${first.spec.id} had ended its work ${(first.interruption?.getTime() ?? Number.NaN) - Date.now()} ms before its end`,
  );
  ready.abort();
  await ending;
  const second = await only(stage, WORKER, first);
  await waitFor("the new host to have the name", async () => (await addresses(WORKER)) === second.spec.address);
  note(`${second.spec.id} took its place`);
}

async function keepVolume(stage: Stage, note: Note): Promise<void> {
  const first = await only(stage, DATABASE);
  const file = `${DATA}/orders`;
  await exec(first, "sh", "-c", 'echo "order of $(hostname)" >"$0"', file);
  await loseHost(stage, first);
  const second = await only(stage, DATABASE, first);
  const found = (await exec(second, "cat", file)).trim();
  if (found !== `order of ${first.spec.id}`) throw new Error(`${file} holds "${found}"`);
  note(`${second.spec.id} reads "${found}" on the volume`);
}

async function keepAddress(stage: Stage, note: Note): Promise<void> {
  const first = await only(stage, EDGE);
  const address = await stage.region.elasticAddress(first.spec);
  const url = `http://${address}:6000/`;
  const answered = (await ask(url)).body;
  await loseHost(stage, first);
  const second = await only(stage, EDGE, first);
  const again = (await ask(url)).body;
  if ((await stage.region.elasticAddress(second.spec)) !== address || again !== answered)
    throw new Error(`${url} answers "${again.trim()}" from another host than ${second.spec.id}`);
  note(`${url} answered from ${first.spec.id}, and answers from ${second.spec.id}`);
}

const SETTING = "a name nobody may see";

async function changeSetting(stage: Stage, note: Note): Promise<void> {
  const { region, staging } = stage;
  const client = new Client(staging.address);
  const hosts = [...staging.members(), ...membersOf(stage, WORKER)];
  const started = await Promise.all(hosts.map(processStarts));
  note(await towlineWith(region, SETTING, "env", "set", "--stack", "staging", "hello", "WORKER_NAME"));
  note(await workerSays(stage, new RegExp(`^${SETTING}: http`)));
  const restarted = async () =>
    (await Promise.all(hosts.map(processStarts))).every((now, index) => now !== started[index]);
  await waitFor("every host to restart its processes", restarted, { interval: 500 });
  note(noFailures(await client.stop()));
  for (const host of hosts) {
    const seen = await exec(
      host,
      "sh",
      "-c",
      `journalctl --no-pager -u 'towline-*' | grep -c "$0" || [ $? = 1 ]`,
      SETTING,
    );
    if (seen.trim() !== "0") throw new Error(`the agent's journal of ${host.spec.id} holds the setting`);
  }
}

/** When the processes of the app on a host began; another text after each restart. */
function processStarts(member: Member): Promise<string> {
  return exec(member, "systemctl", "show", "--property=ExecMainStartTimestampMonotonic", "hello-*@*.service");
}
