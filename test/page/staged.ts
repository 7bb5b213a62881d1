import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timestamp } from "../../cli/time";
import { awsEnvironment } from "../cli/moto";
import { Store, Workshop } from "../cli/repository-fixtures";
import type { FleetAws } from "./fleet-aws";

export const REGION = "eu-west-1";
const ACCOUNT = "123456789012";

/** Seconds before now, as the bucket's objects say it. */
export const ago = (seconds: number) => timestamp(Date.now() - seconds * 1000);

/** A project with two stacks whose buckets and groups stand in `aws`. */
export class Staged {
  readonly folder = mkdtempSync(join(tmpdir(), "towline-page-"));
  private readonly shop = new Workshop();

  constructor(
    readonly aws: FleetAws,
    endpoint: string,
    readonly stacks: readonly string[] = ["staging", "prod"],
  ) {
    this.shop.makeKey("ours");
    Object.assign(process.env, awsEnvironment(endpoint));
    mkdirSync(join(this.folder, "keys"));
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: towline\n");
    for (const stack of stacks) {
      const config = `config: {aws:region: ${REGION}, towline:repository: {bucket: ${stack}}, towline:signingKey: ${this.shop.path("ours.asc")}, towline:groups: {web: {packages: [hello], size: {min: 2, max: 100}}}}\n`;
      writeFileSync(join(this.folder, `Pulumi.${stack}.yaml`), config);
      aws.groups.set(`towline-${stack}-web`, { min: 2, max: 100, desired: 0, instances: [], activities: [] });
    }
  }

  remove(): void {
    this.shop.remove();
    rmSync(this.folder, { recursive: true });
  }

  group(stack: string) {
    const group = this.aws.groups.get(`towline-${stack}-web`);
    if (group === undefined) throw new Error(`there is no stack ${stack}`);
    return group;
  }

  /** Has the stack's index list versions of hello, with their records. */
  async publish(stack: string, versions: readonly string[], more: object = {}): Promise<void> {
    const store = new Store();
    const files = await Promise.all(versions.map((version) => this.shop.deb("hello", version)));
    this.shop.writeIndex(store, files, "ours", new Date(Date.now() - 3_600_000).toUTCString().replace("GMT", "UTC"));
    for (const [key, content] of store.objects) this.aws.put(stack, key, content);
    for (const { version, sha256, size } of files) {
      this.aws.put(stack, `releases/hello/${version}.json`, {
        ...{ package: "hello", version, architecture: "all", sha256, size, filename: "x", channel: null },
        ...{ published: { at: ago(3600), by: "ann" }, commit: "0123456789abcdef", buildUrl: "https://ci.example/1" },
        ...{ promotedFrom: null, forced: null, withdrawn: null, relisted: null, dropped: null },
        ...more,
      });
    }
  }

  /** A host in service that reports, and what is else with it. */
  host(stack: string, id: string, version: string, more: object = {}, lifecycle = "InService"): void {
    const { instances } = this.group(stack);
    const known = instances.find((one) => one.id === id);
    if (known) known.lifecycle = lifecycle;
    else instances.push({ id, lifecycle });
    this.group(stack).desired = instances.length;
    this.aws.put(stack, `hosts/web/arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}.json`, {
      ...{
        instance: id,
        group: "web",
        state: "serving",
        health: "healthy",
        since: ago(600),
        error: "",
        reported: ago(60),
      },
      packages: { hello: version, "towline-agent": "0.9.0" },
      ...more,
    });
  }
}

/** Hosts' ids, as AWS makes them. */
export const id = (number: number) => `i-${(0x0a00000000000000n + BigInt(number)).toString(16).padStart(17, "0")}`;
