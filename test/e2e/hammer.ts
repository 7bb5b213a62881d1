import { get } from "node:http";

/** What came of requests made one right after the other while something else happened. */
export interface Answers {
  /** How often each answer came. */
  readonly bodies: Readonly<Record<string, number>>;
  /** How often a connection was refused, reset or left without an answer. */
  readonly failed: Readonly<Record<string, number>>;
}

const LANES = 4;

/** Asks `url`, each time on a new connection, on several lanes until `work` is done. */
export async function hammer(url: string, work: () => Promise<void>): Promise<Answers> {
  const bodies: Record<string, number> = {};
  const failed: Record<string, number> = {};
  let done = false;
  const lane = async () => {
    while (!done) {
      try {
        count(bodies, await ask(url));
      } catch (error) {
        count(failed, error instanceof Error ? error.message : String(error));
      }
    }
  };
  const lanes = Array.from({ length: LANES }, lane);
  try {
    await work();
  } finally {
    done = true;
    await Promise.all(lanes);
  }
  return { bodies, failed };
}

/** One request on a connection of its own. @throws Error where it fails or takes longer than a minute */
export function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 60_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(body));
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("no answer within 60 s")));
    request.on("error", reject);
  });
}

function count(into: Record<string, number>, what: string): void {
  into[what] = (into[what] ?? 0) + 1;
}
