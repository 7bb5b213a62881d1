// Loaded as everything else here is, by tsx: Pulumi's own loader would check types at each `pulumi up`.
require("tsx/cjs");
const { PolicyPack } = require("@pulumi/policy");
const { rules } = require("./rules");

new PolicyPack("towline", { policies: rules, enforcementLevel: "mandatory" });
