import type { Plain } from "./plain";

/** A resource the program wants to exist, with inputs as plain values. */
export interface Registration {
  /** Pulumi's type token, such as `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Plain>>;
  /** False for a component that a provider builds as a whole, such as `awsx:ec2:Vpc`. */
  readonly custom: boolean;
}

/** What became of a registration. */
export interface Created {
  /** Physical identifier; components have none. */
  readonly id?: string;
  /** Output properties; inputs that are their own outputs need not be repeated. */
  readonly state: Readonly<Record<string, unknown>>;
}

/**
 * Answers what a provider would. towline's own components exist in the program only and never come here. Anything thrown
 * ends the synthesis.
 */
export interface Cloud {
  create(registration: Registration): Promise<Created>;
  /** Calls a provider's function, such as `aws:index/getPartition:getPartition`. */
  invoke(call: { readonly token: string; readonly args: Readonly<Record<string, unknown>> }): Promise<object>;
}

/** A provider's refusal of a look-up, thrown by a cloud's `invoke`: the program gets it, as from Pulumi's engine, and may make its own of it. */
export class LookUpRefused extends Error {
  override readonly name = "LookUpRefused";
  /** Where gRPC has the words, of which Pulumi's SDK makes the program's error. */
  readonly details: string;

  constructor(message: string) {
    super(message);
    this.details = message;
  }
}
