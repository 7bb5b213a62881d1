# The elastic IP of a group without load balancer: whoever booted last and is healthy has it.
# shellcheck shell=bash

# address_claim: takes the address, from the host before if need be. Claiming what this host has changes nothing.
address_claim() {
  [[ -n $TOWLINE_ELASTIC_IP ]] || return 0
  aws_query ec2 2016-11-15 AssociateAddress --data-urlencode "AllocationId=$TOWLINE_ELASTIC_IP" \
    --data-urlencode "InstanceId=$INSTANCE" --data-urlencode AllowReassociation=true || return 1
  log "claimed the elastic IP $TOWLINE_ELASTIC_IP"
}
