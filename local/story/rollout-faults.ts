import { RebootInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describeGroup } from "../fleet/group";
import type { Member } from "../fleet/member";
import { waitFor } from "../region/wait";
import { elapsed, everyHost, publishHello } from "./rollout";
import { type Note, ROLLOUT_SIZE, type Stage } from "./stage";
import { Client, noFailures } from "./traffic";

/** What happens to hosts in the middle of a rollout, and to the group because of it. */
export async function tellOfFaults(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step("the first host of hello 1.4.0 reboots in mid-upgrade, and ends it", (note) =>
    rebootCanary(stage, note),
  );
  await progress.step(
    "a host of hello 1.5.0 loses its power in mid-upgrade: the next one goes on, another takes its place",
    (note) => killHolder(stage, note),
  );
  await progress.step("a host whose app hangs is replaced, for the load balancer's sake", (note) => hang(stage, note));
}

/** The host that is out of the load balancer for a version, once it is. */
async function out(stage: Stage, version: string, other?: Member): Promise<Member> {
  const { region, staging } = stage;
  const clients = region.clients(staging.stack.config.region);
  const [TargetGroupArn] = (await describeGroup(clients, staging.group)).TargetGroupARNs ?? [];
  const look = async () => {
    const lease = await staging.rollout("lease.json");
    const member = region.fleet.member(lease?.holder ?? "");
    if (member === undefined || member === other || lease?.version !== version) return undefined;
    const Targets = [{ Id: member.spec.id }];
    const health = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn, Targets }));
    return health.TargetHealthDescriptions?.[0]?.TargetHealth?.State === "unused" && member;
  };
  return waitFor(`a host to leave the load balancer for ${version}`, look, { interval: 200 });
}

async function rebootCanary(stage: Stage, note: Note): Promise<void> {
  const { region, staging } = stage;
  const client = new Client(staging.address);
  const since = await publishHello(stage, "1.4.0");
  const canary = await out(stage, "1.4.0");
  // One is kept by the disk, the other lasts as long as the machine is up.
  const [kept, gone] = ["/var/tmp/kept", "/run/gone"];
  await canary.host?.exec("touch", kept, gone);
  const { ec2 } = region.clients(canary.spec.region);
  await ec2.send(new RebootInstancesCommand({ InstanceIds: [canary.spec.id] }));
  note(`${canary.spec.id} was told to reboot ${elapsed(since)} after the release`);
  note(await everyHost(stage, "1.4.0", since));
  const left = (await canary.host?.exec("sh", "-c", 'ls "$0" "$1" 2>/dev/null || :', kept, gone))?.trim();
  if (left !== kept || region.fleet.member(canary.spec.id) !== canary)
    throw new Error(`${canary.spec.id} has "${left}" of ${kept} and ${gone}: it was not the same disk that rebooted`);
  note(noFailures(await client.stop()));
}

async function killHolder(stage: Stage, note: Note): Promise<void> {
  const { staging } = stage;
  const client = new Client(staging.address);
  const since = await publishHello(stage, "1.5.0");
  const canary = await out(stage, "1.5.0");
  const holder = await out(stage, "1.5.0", canary);
  holder.host?.crash();
  const killed = Date.now();
  // With another slot, where more may be out.
  const other = async () => {
    for (const slot of ["lease.json", "slots/1.json"]) {
      const taken = await staging.rollout(slot);
      if (taken?.holder && taken.holder !== holder.spec.id && Date.parse(taken.since ?? "") > killed)
        return taken.holder;
    }
    return undefined;
  };
  const next = await waitFor("another host to take the turn", other, { interval: 500 });
  note(`${holder.spec.id} was killed; ${next} went on after ${elapsed(killed)}`);
  await staging.serves("1.5.0", ROLLOUT_SIZE, 1000);
  note(`all ${ROLLOUT_SIZE} had hello 1.5.0 ${elapsed(since)} after the release`);
  note(noFailures(await client.stop()));
}

async function hang(stage: Stage, note: Note): Promise<void> {
  const { region, staging } = stage;
  const heard = region.slack.messages.length;
  const [first] = staging.members();
  if (first === undefined) throw new Error("there is no host");
  const since = Date.now();
  await first.host?.exec("systemctl", "kill", "--signal=STOP", "hello-web@1.service");
  const gone = () => region.fleet.member(first.spec.id) === undefined;
  await waitFor(`${first.spec.id} to be gone`, gone, { interval: 500 });
  await staging.serves("1.5.0", ROLLOUT_SIZE, 1000);
  note(`${first.spec.id} had given its place to another after ${elapsed(since)}`);
  note(`Slack: ${await staging.slackSays(/it failed its load balancer health check/, heard)}`);
}
