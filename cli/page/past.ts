import { mapConcurrently } from "../concurrency";
import type { Fleet } from "../fleet/instances";
import type { Listed } from "../repository/listing";
import type { Versions } from "../repository/versions";
import type { History } from "../rollout/event";
import { readTexts } from "../rollout/read";
import type { Cloud } from "./cloud";
import type { Permitted } from "./permitted";
import type { Activity, Past, SettingsChange } from "./timeline";

/** Auto Scaling is asked that often, and whenever the hosts are others. */
const ACTIVITIES_MILLISECONDS = 60_000;
/** Versions of a control object that are read: each hold and each alarm is one. */
const MOST_VERSIONS = 100;
const CONTROL = /^rollout\/([^/]+)\/control\.json$/;
const SETTINGS = /^env\/([^/]+)\.env$/;

/** Reads what happened before: old versions only of objects that have changed since they were read last. */
export class PastReader {
  private readonly control = new Map<string, { readonly tag: string; readonly history: History }>();
  private readonly settings = new Map<string, { readonly tag: string; readonly changes: readonly SettingsChange[] }>();
  private activities: { readonly at: number; readonly hosts: string; readonly read: readonly Activity[] } | undefined;

  constructor(
    private readonly versions: Versions,
    private readonly cloud: Cloud,
    private readonly permitted: Permitted,
  ) {}

  /** @param tell told of what may not be read, which is left out */
  async read(
    fleet: Fleet,
    listed: readonly Listed[],
    tell: (fault: string) => void,
  ): Promise<Pick<Past, "activities" | "settings" | "control">> {
    await this.permitted.ask("activities", () => this.readActivities(fleet), tell);
    await mapConcurrently(listed, async (one) => {
      const group = CONTROL.exec(one.key)?.[1];
      const name = SETTINGS.exec(one.key)?.[1];
      if (group !== undefined) await this.permitted.ask("control", () => this.readControl(group, one), tell);
      if (name !== undefined) await this.permitted.ask("settings", () => this.readSettings(name, one), tell);
    });
    return {
      activities: this.activities?.read ?? [],
      settings: [...this.settings.values()].flatMap(({ changes }) => changes),
      control: new Map([...this.control].map(([group, { history }]) => [group, history])),
    };
  }

  private async readActivities({ instances, sizes }: Fleet): Promise<void> {
    const hosts = instances.map(({ instance, lifecycle }) => `${instance} ${lifecycle}`).join();
    const known = this.activities;
    if (known?.hosts === hosts && Date.now() - known.at < ACTIVITIES_MILLISECONDS) return;
    this.activities = { at: Date.now(), hosts, read: await this.cloud.activities(sizes) };
  }

  private async readControl(group: string, { key, etag, modified }: Listed): Promise<void> {
    const tag = `${etag} ${modified.getTime()}`;
    if (this.control.get(group)?.tag === tag) return;
    const found = (await this.versions.list(key)).slice(0, MOST_VERSIONS).reverse();
    const versions = await readTexts(
      this.versions,
      found.map((one) => ({ ...one, key })),
    );
    this.control.set(group, { tag, history: { key, versions } });
  }

  private async readSettings(name: string, { key, etag, modified }: Listed): Promise<void> {
    const tag = `${etag} ${modified.getTime()}`;
    if (this.settings.get(name)?.tag === tag) return;
    const found = (await this.versions.list(key)).slice(0, MOST_VERSIONS);
    this.settings.set(name, { tag, changes: found.map(({ at }) => ({ package: name, at })) });
  }
}
