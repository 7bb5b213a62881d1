# Whether a rollout lease may be taken. Facts in, decision out.
#
# in:  {"lease": lease object or null where the bucket holds none, "instance", "now": ISO 8601 UTC}
# out: {"state": "free"|"mine"|"expired"|"held", "holder", "version"}
#
# Times have one fixed form, so that their text sorts as they do. A lease without an end is taken for expired: one
# broken object must not stop a group's rollouts for good.

.instance as $instance | .now as $now
| (.lease // {}) as $lease
| {
    state: (
      if ($lease.holder // "") == "" then "free"
      elif $lease.holder == $instance then "mine"
      elif ($lease.expires // "") <= $now then "expired"
      else "held"
      end
    ),
    holder: ($lease.holder // ""),
    version: ($lease.version // "")
  }
