import type { ResourceValidationPolicy } from "@pulumi/policy";

export const noClearText: ResourceValidationPolicy = {
  name: "no-clear-text",
  description:
    "Load balancers speak HTTPS, and HTTP only to send clients there, unless the stack says that HTTP alone is meant.",
  validateResource: ({ type, props }, report) => {
    if (type !== "aws:lb/listener:Listener" || props.protocol !== "HTTP") return;
    const actions = (props.defaultActions ?? []) as { type?: string; redirect?: { protocol?: string } }[];
    const sendsAway = actions.every((action) => action.type === "redirect" && action.redirect?.protocol === "HTTPS");
    if (sendsAway || props.tags?.["towline:http-only"] === "meant") return;
    report(
      "The listener should send clients to HTTPS, but serves HTTP: give it a name (towline:loadBalancer: {domain, zone}) or a certificate " +
        "({certificateArn}), or say that HTTP alone is meant ({httpOnly: true}).",
    );
  },
};
