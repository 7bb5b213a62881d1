import { existsSync } from "node:fs";
import type { Command } from "commander";
import { InputError } from "../errors";
import { printResult } from "../progress";
import { findProject, openKeylessStack, type Stack } from "../project";
import { replaceFile } from "../replace-file";
import { openBucket } from "../repository/bucket";
import { createChannelsKey } from "../repository/channels-key";
import { checkSecretPlace, makeKey, writeSecrets } from "../repository/key-pair";
import { renewChannelsKey, renewKeys } from "../repository/key-renewal";
import { finishRotation, type RotationStep, startRotation } from "../repository/key-rotation";
import { fingerprintOf } from "../repository/keys";
import { KEY_LIFE, lifeOption } from "../time";
import { openShelf, type PublisherFlags, publisherOf, withPublisherOptions } from "./options";

const EXPIRES = "how long it lasts from now on, in days or years (default: 2y)";

const ROTATION = `
A rotation takes two steps, and hosts keep working through both:
  1. 'key rotate' makes a second key. From then on both sign, and a package brings the new one to the hosts. Publish with
     the file it wrote, commit keys/<stack>.asc, and run 'pulumi up' so that new instances know both keys.
  2. 'key rotate --finish', once every host has that package: the new key signs alone. Publish with the new file, commit
     keys/<stack>.asc, run 'pulumi up', and destroy the old private keys.`;

const CHANNELS = `
A stack with "towline:channels" in its file signs channels with a key of their own (--channels), so that whoever builds branches
needs no key of the main suite. Where channels are published already, give the stack's own key too (--signing-key): both sign them
until they are published again, and hosts of both kinds read them.`;

const CREATE_EXAMPLES = `
  towline key create --stack staging --out ~/keys/staging.secret.asc
  towline key create --stack staging --channels --out ~/keys/staging-channels.secret.asc
  towline key create --stack staging --channels --out ~/keys/staging-channels.secret.asc --signing-key ~/keys/staging.secret.asc`;

const ROTATE_EXAMPLES = `
  towline key rotate --stack prod --signing-key ~/keys/prod.secret.asc --out ~/keys/prod-both.secret.asc
  towline key rotate --stack prod --signing-key ~/keys/prod-both.secret.asc --out ~/keys/prod-2.secret.asc --finish`;

const RENEWAL = `
A key lasts for two years unless --expires says otherwise: hosts take nothing new that it signs then. An alarm of the stack comes 60 days before. 'key renew' gives
the same key more time: the private file stays, and a package brings the public half to the hosts, which have to have it before the old end.
Commit the public file and run 'pulumi up', so that new instances know it too.`;

const RENEW_EXAMPLES = `
  towline key renew --stack prod --signing-key ~/keys/prod.secret.asc
  towline key renew --stack staging --channels --signing-key ~/keys/staging-channels.secret.asc --expires 1y`;

interface CreateOptions {
  readonly stack: string;
  readonly out: string;
  readonly expires?: number;
  readonly json?: boolean;
}

interface ChannelsOptions extends PublisherFlags, CreateOptions {
  readonly channels?: boolean;
}

interface RotateOptions extends PublisherFlags, CreateOptions {
  readonly finish?: boolean;
  readonly force?: boolean;
}

/** `towline key`. */
export function addKey(program: Command): void {
  const key = program
    .command("key")
    .description("make or change the key that signs a stack's packages")
    .addHelpText("after", `${RENEWAL}\n${ROTATION}\n\nExamples:${CREATE_EXAMPLES}${RENEW_EXAMPLES}${ROTATE_EXAMPLES}`);
  addCreate(key);
  addRenewal(key);
  addRotate(key);
}

function addCreate(parent: Command): void {
  const command = parent
    .command("create")
    .description("make a stack's signing key")
    .requiredOption("--stack <stack>", "stack it is for")
    .requiredOption("--out <file>", "new file for the private key, outside the project")
    .option("--channels", "the key of its channels, which no host trusts for anything else")
    .option("--expires <time>", EXPIRES, lifeOption)
    .option("--json", "print the result as JSON")
    .addHelpText("after", `${CHANNELS}\n\nExamples:${CREATE_EXAMPLES}`);
  withPublisherOptions(command).action(async (options: ChannelsOptions) => {
    const { directory } = command.optsWithGlobals<{ directory?: string }>();
    const stack = openKeylessStack(options.stack, directory);
    if (options.channels) return createForChannels(stack, options, directory);
    if (options.signingKey !== undefined) {
      throw new InputError(
        "--signing-key: is for --channels alone, where channels have been signed with the stack's own key",
      );
    }
    const { publicKey } = stack.repository;
    if (existsSync(publicKey)) {
      throw new InputError(
        `${publicKey}: exists already: stack ${stack.name} has a key; 'towline key rotate' changes it`,
      );
    }
    const privateFile = checkSecretPlace(options.out, findProject(directory, process.cwd()));
    const made = await makeKey(stack.name, options.expires);
    await writeSecrets([made], privateFile);
    await replaceFile(publicKey, made.toPublic().armor());
    const fingerprint = fingerprintOf(made);
    printResult(options.json, { stack: stack.name, fingerprint, privateFile, publicFile: publicKey }, [
      `${stack.name}: key ${fingerprint}`,
      `  ${publicKey}: the public half; commit it`,
      `  ${privateFile}: the private half, without a passphrase; give it to whoever publishes, and to nobody else`,
    ]);
  });
}

async function createForChannels(stack: Stack, options: ChannelsOptions, directory: string | undefined): Promise<void> {
  const privateFile = checkSecretPlace(options.out, findProject(directory, process.cwd()));
  const current = options.signingKey === undefined ? undefined : publisherOf(stack, options);
  const bucket = current && (await openBucket(stack.config.region, stack.repository.bucket));
  const made = await createChannelsKey(
    stack,
    privateFile,
    current && bucket && { bucket, options: current },
    options.expires,
  );
  printResult(options.json, { stack: stack.name, privateFile, ...made }, [
    `${stack.name}: key ${made.fingerprint} for channels`,
    `  ${made.publicFile}: the public half; commit it and run 'pulumi up -s ${stack.name}'`,
    `  ${privateFile}: the private half, without a passphrase; give it to whoever builds branches`,
    ...(made.resigned.length === 0
      ? []
      : [`  signed by both keys until they are published again: ${made.resigned.join(", ")}`]),
  ]);
}

function addRenewal(parent: Command): void {
  const command = parent
    .command("renew")
    .description("give a stack's signing key more time")
    .requiredOption("--stack <stack>", "stack it is for")
    .option("--channels", "the key of its channels")
    .option("--expires <time>", EXPIRES, lifeOption)
    .option("--json", "print the result as JSON")
    .addHelpText("after", `${RENEWAL}\n\nExamples:${RENEW_EXAMPLES}`);
  withPublisherOptions(command).action(async (options: Omit<ChannelsOptions, "out">) => {
    const shelf = await openShelf(options.stack, undefined, command);
    const renew = options.channels ? renewChannelsKey : renewKeys;
    const done = await renew(shelf, publisherOf(shelf.stack, options), options.expires ?? KEY_LIFE);
    const { name } = shelf.stack;
    printResult(options.json, { stack: name, ...done }, [
      `${name}: ${done.fingerprints.join(" and ")} lasts until ${done.until}, and signed ${done.suites.join(", ") || "nothing"}`,
      `  commit ${done.publicFile} and run 'pulumi up -s ${name}'; the private file stays as it is`,
      done.keyring === null
        ? "  hosts of groups with a channel know it once they are replaced"
        : `  towline-archive-keyring ${done.keyring} brings it to hosts`,
    ]);
  });
}

function addRotate(parent: Command): void {
  const command = parent
    .command("rotate")
    .description("change a stack's signing key in two steps")
    .requiredOption("--stack <stack>", "stack it is for")
    .requiredOption("--out <file>", "new file for the private keys to publish with from then on, outside the project")
    .option("--finish", "the last step: the new key signs alone")
    .option("--expires <time>", EXPIRES, lifeOption)
    .option("--force", "finish although some host did not install the new key yet")
    .option("--json", "print the result as JSON")
    .addHelpText("after", `${ROTATION}\n\nExamples:${ROTATE_EXAMPLES}`);
  withPublisherOptions(command).action(async (options: RotateOptions) => {
    const { directory } = command.optsWithGlobals<{ directory?: string }>();
    const shelf = await openShelf(options.stack, undefined, command);
    const out = checkSecretPlace(options.out, findProject(directory, process.cwd()));
    const settings = {
      ...publisherOf(shelf.stack, options),
      out,
      ...(options.expires !== undefined && { lifeSeconds: options.expires }),
    };
    const step = options.finish
      ? await finishRotation(shelf, settings, options.force ?? false)
      : await startRotation(shelf, settings);
    printResult(options.json, { stack: shelf.stack.name, ...step }, describe(shelf.stack.name, step));
  });
}

function describe(stack: string, step: RotationStep): string[] {
  const [only, fresh] = step.fingerprints;
  const signers = fresh === undefined ? `${only} alone signs` : `${only} and ${fresh} both sign`;
  return [
    `${stack}: ${signers} ${step.suites.join(", ")}; towline-archive-keyring ${step.keyring} brings ${fresh === undefined ? "it" : "both"} to hosts`,
    `  publish with ${step.privateFile} from now on, commit the stack's public keys and run 'pulumi up -s ${stack}'`,
    ...(fresh === undefined
      ? ["  destroy the old private keys"]
      : ["  once all hosts have the keyring, and 'pulumi up' has run: 'towline key rotate --finish'"]),
  ];
}
