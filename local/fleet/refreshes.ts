import type { Clients } from "../region/clients";
import type { Announcements } from "./announcements";
import type { Fleet } from "./fleet";
import { Refresh, type RefreshOrder, type RefreshStatus } from "./refresh";

/** EventBridge's names of how a refresh ends ("EC2 Auto Scaling Instance Refresh …"). */
const ENDS: Readonly<Partial<Record<RefreshStatus, string>>> = {
  Successful: "Succeeded",
  Failed: "Failed",
  Cancelled: "Cancelled",
};

/** The instance refreshes of every group. */
export class Refreshes {
  private readonly byGroup = new Map<string, Refresh[]>();

  constructor(
    private readonly fleet: Fleet,
    private readonly clients: (region: string) => Clients,
    private readonly announcements: Pick<Announcements, "refreshes">,
  ) {}

  /** The latest first. */
  of(group: string): readonly Refresh[] {
    return this.byGroup.get(group) ?? [];
  }

  /** The one that has not ended. */
  underWay(group: string): Refresh | undefined {
    return this.of(group).find(({ endedAt }) => endedAt === undefined);
  }

  /** Begins one, in the background. Call only where none is under way. */
  start(order: RefreshOrder): Refresh {
    const refresh = new Refresh(order, this.fleet, this.clients(order.region));
    this.byGroup.set(order.group, [refresh, ...this.of(order.group)]);
    void this.carryOut(refresh);
    return refresh;
  }

  private async carryOut(refresh: Refresh): Promise<void> {
    const { id, order } = refresh;
    this.announcements.refreshes("Started", order, id);
    await refresh.run();
    this.announcements.refreshes(ENDS[refresh.status] ?? refresh.status, order, id);
  }
}
