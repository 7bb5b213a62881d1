import type { Clients } from "../region/clients";
import type { Fleet } from "./fleet";
import { Refresh, type RefreshOrder } from "./refresh";

/** The instance refreshes of every group. */
export class Refreshes {
  private readonly byGroup = new Map<string, Refresh[]>();

  constructor(
    private readonly fleet: Fleet,
    private readonly clients: (region: string) => Clients,
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
    void refresh.run();
    return refresh;
  }
}
