// The process of one Lambda invocation: loads the function's bundle, hands it the event, exits 0 when it succeeded.
// Plain JavaScript, since the function's Node.js runs the bundle alone, without this project's loader.
const file = process.argv[2];

process.once("message", async ({ handler, event, context }) => {
  const end = Date.now() + context.timeout;
  try {
    await require(file)[handler](event, { ...context, getRemainingTimeInMillis: () => end - Date.now() });
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
});
