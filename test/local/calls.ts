import type { ApiCall } from "../../local/region/calls";
import { REGION } from "./fake-region";

/** A call of a Query API, as the front hands it on. */
export function queryCall(service: string, action: string, fields: Readonly<Record<string, string>> = {}): ApiCall {
  return { service, region: REGION, action, form: new URLSearchParams({ Action: action, ...fields }), json: undefined };
}

/** A call of a JSON API. */
export function jsonCall(service: string, action: string, json: Readonly<Record<string, unknown>>): ApiCall {
  return { service, region: REGION, action, form: new URLSearchParams(), json };
}
