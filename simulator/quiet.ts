/** Seconds in which a host may still leave that looked before. */
const GRACE = 60;

/** Times in which hosts are to take nothing new: holds, alarms and freezes. */
export class Quiet {
  private readonly since = new Map<string, number>();
  /** By the hosts' own clocks, which are all they have for it. */
  readonly freezes: { readonly from: number; readonly to: number }[] = [];

  /** Something is quiet from a time on, or no longer. */
  set(why: string, since: number | undefined): void {
    if (since === undefined) this.since.delete(why);
    else if (!this.since.has(why)) this.since.set(why, since);
  }

  /** Why a host should have known that it is to take nothing new; undefined where it need not. @param looked since when it has not stood still */
  reason(now: number, clock: number, looked: number): string | undefined {
    const known = (since: number) => now - Math.max(since, looked) > GRACE;
    for (const [why, since] of this.since) if (known(since)) return why;
    const frozen = this.freezes.some(({ from, to }) => clock < to && known(now - (clock - from)));
    return frozen ? "frozen" : undefined;
  }
}
