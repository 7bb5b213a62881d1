import { isDenied } from "../aws";
import { UserError } from "../errors";

/** What may be missing without the rest being wrong: what somebody may not read is told at each look, and asked for only once. */
export class Permitted {
  private readonly denied = new Map<string, string>();

  /** @param tell told why there is nothing */
  async ask<T>(what: string, work: () => Promise<T>, tell: (fault: string) => void): Promise<T | undefined> {
    const known = this.denied.get(what);
    if (known !== undefined) {
      tell(known);
      return undefined;
    }
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (isDenied(error)) this.denied.set(what, error.message);
      tell(error.message);
      return undefined;
    }
  }
}
