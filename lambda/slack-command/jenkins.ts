import { networkCause } from "../slack/attempt";
import type { Order } from "./order";
import type { Settings } from "./settings";

const TIMEOUT_MS = 10_000;

/** What came of asking Jenkins. */
export type Started = { readonly build: string | undefined } | { readonly reason: string };

/**
 * Starts the job of an order through Jenkins' remote API. It is asked once: a request that got no answer may have started the
 * job all the same.
 *
 * @param by who asked, as Jenkins and people are to read it
 * @param credentials `user:token`; with a user's API token Jenkins wants no crumb
 * @returns the address of the queued build, or why there is none
 */
export async function startJob(order: Order, by: string, settings: Settings, credentials: string): Promise<Started> {
  const { jenkinsUrl } = settings;
  try {
    const response = await fetch(`${jenkinsUrl.replace(/\/$/, "")}${jobPath(order, settings)}/buildWithParameters`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(credentials.trim()).toString("base64")}` },
      body: new URLSearchParams(parameters(order, by, settings)),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 201) return { build: response.headers.get("location") ?? undefined };
    return { reason: refusal(response.status) };
  } catch (error) {
    return { reason: `it could not be reached (${networkCause(error)}); look there before asking again` };
  }
}

/** A job may lie in folders, as in `ops/promote`. */
function jobPath({ action }: Order, { promoteJob, rollbackJob }: Settings): string {
  const job = action === "promote" ? promoteJob : rollbackJob;
  return job
    .split("/")
    .map((part) => `/job/${encodeURIComponent(part)}`)
    .join("");
}

function parameters(order: Order, by: string, { stack, promoteFrom }: Settings): Record<string, string> {
  const release = { PACKAGE: order.package, VERSION: order.version, ASKED: order.asked, ASKED_BY: by };
  return order.action === "promote" ? { ...release, FROM: promoteFrom, TO: stack } : { ...release, STACK: stack };
}

function refusal(status: number): string {
  const why: Readonly<Record<number, string>> = {
    401: "it does not know the user or the token",
    403: "its user may not build the job",
    404: "it has no such job",
  };
  return `it answered ${status}${why[status] === undefined ? "" : `, ${why[status]}`}`;
}
