import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { bundlePage } from "../cli/page/assets";
import { OrderDesk } from "../cli/page/order-desk";
import { servePage } from "../cli/page/server";
import { Session } from "../cli/page/session";
import { openPageSource } from "../cli/page/source";
import { openStack } from "../cli/project";
import { openBucket } from "../cli/repository/bucket";
import { startBrowser, watch } from "../test/page/browser";
import { FleetAws } from "../test/page/fleet-aws";
import { id, Staged } from "../test/page/staged";

/** The page of a fleet in Chromium: how soon it is painted, what goes over the wire, and what a look asks of AWS. */
const SIZES = [8, 500, 2000];
const ROUNDS = 5;

async function main(): Promise<void> {
  const [assets, browser] = [await bundlePage(), await startBrowser()];
  const raw = [assets.script, assets.style].map((text) => Buffer.byteLength(text));
  const packed = [assets.script, assets.style].map((text) => gzipSync(text).length);
  console.log(`script ${raw[0]} bytes (${packed[0]} packed), style ${raw[1]} (${packed[1]} packed)`);
  console.log(
    "hosts   first paint   all tiles   model   a change of 1 host   requests of the first look / of a later one",
  );
  for (const size of SIZES) {
    const aws = new FleetAws();
    const staged = new Staged(aws, await aws.start(), ["prod"]);
    await staged.publish("prod", ["1.2.0"]);
    for (let one = 1; one <= size; one++) staged.host("prod", id(one), "1.2.0");
    const stack = openStack("prod", staged.folder);
    const source = await openPageSource(stack, await openBucket(stack.config.region, "prod"));
    const session = new Session(new Map([["prod", source]]), 3600);
    const served = await servePage(session, new OrderDesk(["prod"]), assets, 0);
    await session.lookNow();
    const first = aws.seen.length;
    const sent: string[] = [];
    const stop = session.listen((_event, data) => sent.push(JSON.stringify(data)));
    while (sent.length < 2) await sleep(10);
    staged.host("prod", id(1), "1.2.0", { state: "upgrading" });
    aws.seen.length = 0;
    await session.lookNow();
    const later = aws.seen.length;
    stop();
    const paints: number[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { page, context } = await watch(browser, served.address);
      await page.waitForFunction((count) => document.querySelectorAll("[data-host]").length === count, size);
      paints.push(
        await page.evaluate(async () => {
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN;
          return [painted, performance.now()];
        }),
      );
      await context.close();
    }
    const median = (place: number) =>
      Math.round(paints.map((one) => one[place] ?? 0).sort((a, b) => a - b)[ROUNDS >> 1] ?? 0);
    console.log(
      `${String(size).padStart(5)}   ${median(0)} ms   ${median(1)} ms   ${sent[0]?.length} bytes   ${sent.at(-1)?.length} bytes   ${first} / ${later}`,
    );
    await served.close();
    await aws.stop();
    staged.remove();
  }
  await browser.close();
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
