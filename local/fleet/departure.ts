import { randomUUID } from "node:crypto";
import type { HostSpec } from "../region/host";
import type { Announcements } from "./announcements";
import { Hold } from "./hold";
import type { Member } from "./member";
import type { GroupSettings } from "./settings";
import type { TargetGroups } from "./target-groups";

/** What an instance has that somebody else gets when it is gone: its volume, its address. */
export interface Belongings {
  release(spec: HostSpec): Promise<void>;
}

/** The end of an instance, step by step. */
export class Departure {
  constructor(
    private readonly targetGroups: TargetGroups,
    private readonly settings: GroupSettings,
    private readonly announcements: Pick<Announcements, "tell" | "waits">,
    private readonly belongings: Belongings,
    /** Called once an instance is gone. */
    private readonly forget: (member: Member) => void,
  ) {}

  /** Out of the load balancer first; then the host may let go of what it has; then it is off. */
  async terminate(member: Member, cause: string): Promise<void> {
    member.lifecycle = "Terminating";
    member.hold?.cancel();
    member.activity = { ...member.activity, id: randomUUID(), cause, began: new Date() };
    await this.targetGroups.drain(member.spec.id);
    member.drainedAt = Date.now();
    await this.letGo(member);
    await this.remove(member);
    await this.announcements.tell("TERMINATE", member);
  }

  /** Holds an instance at its termination hook. One that is off, or never served, has nothing to let go of. */
  private async letGo(member: Member): Promise<void> {
    const hook = this.settings.hook(member.group, "TERMINATING");
    if (!hook || !member.host || member.inServiceAt === undefined) return;
    member.hold = new Hold(hook);
    member.lifecycle = "Terminating:Wait";
    this.announcements.waits("TERMINATING", member);
    member.hold.start();
    await Promise.race([member.hold.answered, member.host.ended]);
    member.hold.cancel();
    member.leftAt = Date.now();
    member.lifecycle = "Terminating:Proceed";
  }

  /** Switches an instance off, and frees what it had. */
  async remove(member: Member): Promise<void> {
    await member.booted;
    await member.host?.stop();
    await this.targetGroups.forget(member.spec.id);
    await this.belongings.release(member.spec);
    member.stoppedAt = Date.now();
    this.forget(member);
  }
}
