// One warm copy of the notifier: takes events, invokes the bundle with each in turn, and sends back the milliseconds.
// Plain JavaScript, since the bundle has to run without this project's loader.
const { handler } = require(process.argv[2]);

process.once("message", async (events) => {
  const times = [];
  for (const event of events) {
    const began = process.hrtime.bigint();
    await handler(event, { getRemainingTimeInMillis: () => 30_000 });
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  process.send(times, () => process.exit(0));
});
