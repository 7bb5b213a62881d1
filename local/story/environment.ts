import { SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { resourceName } from "../../infra/names";
import type { Member } from "../fleet/member";
import type { LocalStack, Region } from "../region/region";
import { waitFor } from "../region/wait";
import { towline } from "./packages";
import { ask } from "./traffic";

/** A stack in the region with an address to reach it at: one environment, as the story sees it. */
export class Environment {
  readonly name: string;

  constructor(
    readonly region: Region,
    readonly stack: LocalStack,
    /** Address inside the region; the same port answers on the machine's 127.0.0.1. */
    readonly address: string,
  ) {
    this.name = stack.config.stack;
  }

  /** Name of the group behind the load balancer, as the stack's configuration has it. */
  get groupName(): string {
    const [name] = Object.entries(this.stack.config.groups).find(([, group]) => group.http) ?? [];
    if (!name) throw new Error(`${this.name} has no group with http`);
    return name;
  }

  /** The physical one. */
  get group(): string {
    return resourceName(this.name, this.groupName);
  }

  members(): Member[] {
    return this.region.fleet.members(this.group);
  }

  /** Waits until `count` instances are in service and each answers with `version`, directly and through the load balancer. */
  async serves(version: string, count: number, interval = 250): Promise<void> {
    const expected = `hello ${version}`;
    const what = `${this.name} to answer "${expected}" from ${count} instances`;
    const all = async () => this.inService() && (await this.running(version)).length === count;
    await waitFor(what, async () => (await all()) && this.balanced(expected, count), { interval });
  }

  /** Waits until every group has the instances it starts with, in service. */
  async complete(): Promise<void> {
    for (const [group, { size }] of Object.entries(this.stack.config.groups)) {
      const members = () => this.region.fleet.members(resourceName(this.name, group));
      const serving = () => members().filter((member) => member.lifecycle === "InService").length;
      await waitFor(`${size.min} instances of ${group} in service`, () => serving() >= size.min);
    }
  }

  private inService(): boolean {
    return this.members().every((member) => member.lifecycle === "InService");
  }

  /** The hosts in service that answer with a version, asked directly. */
  async running(version: string): Promise<Member[]> {
    const serving = this.members().filter((member) => member.lifecycle === "InService");
    const answers = await Promise.all(serving.map((member) => this.directly(member)));
    return serving.filter((_, index) => answers[index] === `hello ${version}`);
  }

  private async directly(member: Member): Promise<string> {
    const port = this.stack.config.groups[member.spec.tags["towline:group"] ?? ""]?.http?.port;
    return ask(`http://${member.spec.address}:${port}/`).then(
      (answer) => answer.body.trim(),
      () => "",
    );
  }

  /** As many different targets answer through the load balancer, and all the same. */
  private async balanced(expected: string, count: number): Promise<boolean> {
    const answers = await Promise.all(
      Array.from({ length: count * 4 }, () => ask(this.address).catch(() => undefined)),
    );
    const targets = new Set(answers.map((answer) => answer?.target));
    return (
      targets.size === count && answers.every((answer) => answer?.status === 200 && answer.body.trim() === expected)
    );
  }

  /** As a person does in the console, or a scaling policy. */
  async setDesiredCapacity(count: number): Promise<void> {
    const command = new SetDesiredCapacityCommand({ AutoScalingGroupName: this.group, DesiredCapacity: count });
    await this.region.clients(this.stack.config.region).autoScaling.send(command);
  }

  /** What the group behind the load balancer has found of `package=version`: ok, bad; undefined where it has said nothing. */
  async verdict(release: string): Promise<string | undefined> {
    return (await this.rollout(`verdicts/${release.replace("=", "/")}.json`))?.verdict;
  }

  /** An object of the group's rollouts; undefined where there is none. */
  async rollout(key: string): Promise<Record<string, string> | undefined> {
    const { repository, region } = this.stack.config;
    const read = new GetObjectCommand({ Bucket: repository.bucket, Key: `rollout/${this.groupName}/${key}` });
    const missing = (error: Error) => (error.name === "NoSuchKey" ? undefined : Promise.reject(error));
    const found = await this.region.clients(region).s3.send(read).catch(missing);
    const text = await found?.Body?.transformToString();
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** The version of a package that the environment's hosts report. @throws Error when they do not agree on one. */
  async packageVersion(name: string): Promise<string> {
    const printed = await towline(this.region, "status", "--stack", this.name, "--json");
    const hosts = JSON.parse(printed) as { packages: Record<string, string> }[];
    const versions = new Set(hosts.map((host) => host.packages[name]));
    const [version] = versions;
    if (versions.size !== 1 || version === undefined)
      throw new Error(`${this.name} runs ${name} in ${[...versions].join(", ")}`);
    return version;
  }

  /** Waits for a message about this environment that the Slack stand-in got after the first `heard` ones. */
  async slackSays(pattern: RegExp, heard: number): Promise<string> {
    const what = `a Slack message about ${this.name} like ${pattern}`;
    const fits = (text: string) => text.includes(this.name) && pattern.test(text);
    const look = () => this.region.slack.messages.slice(heard).find((message) => fits(message.text));
    return (await waitFor(what, look)).text;
  }
}
