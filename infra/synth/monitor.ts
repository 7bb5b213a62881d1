import { runtime } from "@pulumi/pulumi";
import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { PROJECT } from "../names";
import { type Cloud, type Created, LookUpRefused } from "./cloud";
import { type Declared, declaredBy, readBy } from "./declared";
import { type Plain, plainMap } from "./plain";

/** Pulumi's mock monitor, as far as it is wrapped here: parents, dependencies and options are only on its requests. */
interface MockMonitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: RegisterResourceRequest, callback: unknown): Promise<void>;
  readResource(request: ReadResourceRequest, callback: unknown): Promise<void>;
  registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: unknown): void;
}

/** What a program declared while it ran, and the first thing that went wrong. */
export interface Recording {
  readonly declared: Map<string, Declared>;
  failure?: Error;
}

/**
 * Sets Pulumi's mocks up for one run of a program: every resource is recorded, and the cloud answers for it. After the
 * first failure the cloud is left alone, and the offline one answers, so that the program comes to its end.
 *
 * @param preview whether the program is to find itself in a preview, in which the clouds may leave values out
 */
export async function recordInto(
  recording: Recording,
  stack: string,
  cloud: Cloud,
  offline: Cloud,
  preview = false,
): Promise<void> {
  const ask = async <Answer>(what: string, question: (of: Cloud) => Promise<Answer>): Promise<Answer> => {
    if (recording.failure !== undefined) return question(offline);
    try {
      return await question(cloud);
    } catch (cause) {
      if (cause instanceof LookUpRefused) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      recording.failure ??= new Error(`${what}: ${reason}`, { cause });
      return question(offline);
    }
  };

  await runtime.setMocks(
    {
      // Each request gets a monitor of its own that knows what to answer, below.
      newResource: ({ type, name }) => Promise.reject(new Error(`${type} ${name} was registered past the recorder`)),
      call: ({ token, inputs }) => ask(`asking for ${token}`, (of) => of.invoke({ token, args: inputs })),
    },
    PROJECT,
    stack,
    preview,
  );
  const monitor = runtime.getMonitor() as unknown as MockMonitor & { mocks: object };
  const { registerResource, readResource, registerResourceOutputs } = monitor;
  const answering = (newResource: () => Promise<Created>): MockMonitor =>
    Object.create(monitor, { mocks: { value: { ...monitor.mocks, newResource } } });

  const record = (entry: Declared): void => {
    if (recording.declared.has(entry.urn)) {
      recording.failure ??= new Error(`${entry.urn} is declared twice: give one of the two another name`);
    }
    recording.declared.set(entry.urn, entry);
  };

  monitor.newUrn = (parent, type, name) => urnOf(stack, parent, type, name);
  monitor.registerResource = (request, callback) => {
    const entry = declaredBy(urnOf(stack, request.getParent(), request.getType(), request.getName()), request);
    record(entry);
    const { type, name, inputs } = entry;
    const answer = async (): Promise<Created> => {
      if (isOwnComponent(type)) return { state: {} };
      return ask(`creating ${type} ${name}`, (of) => of.create({ type, name, inputs, custom: request.getCustom() }));
    };
    return registerResource.call(answering(answer), request, callback);
  };
  monitor.readResource = (request, callback) => {
    const entry = readBy(urnOf(stack, request.getParent(), request.getType(), request.getName()), request);
    record(entry);
    return readResource.call(
      answering(async () => ({ id: request.getId(), state: entry.inputs })),
      request,
      callback,
    );
  };
  monitor.registerResourceOutputs = (request, callback) => {
    const entry = recording.declared.get(request.getUrn());
    const outputs = (request.getOutputs()?.toJavaScript() ?? {}) as Record<string, Plain>;
    if (entry !== undefined) entry.outputs = plainMap(outputs);
    registerResourceOutputs.call(monitor, request, callback);
  };
}

/** Components of the program itself, which no provider knows. */
function isOwnComponent(type: string): boolean {
  return type === runtime.rootPulumiStackTypeName || type.startsWith(`${PROJECT}:`);
}

/** The URN the engine would make; the mock monitor's own leaves out all ancestors but one. */
function urnOf(stack: string, parent: string, type: string, name: string): string {
  const ancestors = parent.split("::")[2] ?? "";
  const top = ancestors === "" || ancestors === runtime.rootPulumiStackTypeName;
  return `urn:pulumi:${stack}::${PROJECT}::${top ? "" : `${ancestors}$`}${type}::${name}`;
}
