import { pricesOf } from "../cli/cost/prices";
import { answer } from "../cli/simulation/answer";
import { Core } from "../simulator/core";
import { answersOfJq } from "../simulator/jq/reference";
import { play, schedule } from "../simulator/schedule";

/**
 * What rollouts ask of S3 and cost by core.jq as it is, in virtual time: for each host of groups of several sizes, in which so many hosts
 * may be out at once. Where a rollout takes longer than it is followed, how far it came. Beside it, the steps a second of the simulator
 * and of jq itself.
 */

const SIZES = (process.env.TOWLINE_BENCH_HOSTS ?? "10,100,1000,10000").split(",").map(Number);
const WITHIN = 1800;

function main(): Promise<void> {
  for (const hosts of SIZES) {
    for (const maxUnavailable of ["10%", "25%"]) {
      const question = { hosts, policy: { maxUnavailable }, balanced: true, seed: 1, within: WITHIN };
      const found = answer(question, pricesOf("eu-west-1", undefined));
      const time =
        found.minutes === null ? `${found.converged} hosts after ${WITHIN / 60} minutes` : `${found.minutes} minutes`;
      console.log(
        `${hosts} hosts, ${maxUnavailable}: ${time}, ${found.getsPerHost} GETs and ${found.putsPerHost} PUTs a host, ` +
          `${found.rolloutCost} USD a rollout, ${found.idleHostMonthCost} USD a host-month of idle polls`,
      );
    }
  }
  return steps();
}

/** Steps a second, each with its state, of the same conversations: once this language has made the program quick. */
async function steps(): Promise<void> {
  const [quick, core] = [new Core(), new Core(undefined, 1)];
  for (let seed = 1; seed <= 50; seed++) play(quick, schedule(seed));
  const [begun, before] = [process.cpuUsage(), quick.steps];
  for (let seed = 1; seed <= 20; seed++) play(quick, schedule(seed));
  const { user, system } = process.cpuUsage(begun);
  const mine = (quick.steps - before) / ((user + system) / 1e6);
  for (let seed = 1; seed <= 20; seed++) play(core, schedule(seed));
  const inputs = core.kept.map(({ input }) => input);
  const whole = await timed(() => answersOfJq(core.text, inputs));
  const start = await timed(() => answersOfJq(core.text, inputs.slice(0, 1)));
  const theirs = core.steps / ((whole - start) / 1000);
  console.log(`steps a second: ${Math.round(mine)} (${(mine / theirs).toFixed(1)} × jq's ${Math.round(theirs)})`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
