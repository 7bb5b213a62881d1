import {
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand,
  type DnsConfig,
  GetNamespaceCommand,
  GetOperationCommand,
} from "@aws-sdk/client-servicediscovery";
import { type Create, type Inputs, list, number, tagList, text } from "./resource";

const namespace: Create = async ({ clients, names }, inputs) => {
  const Name = text(inputs, "name");
  const settings = { Name, Vpc: text(inputs, "vpc"), Description: text(inputs, "description"), Tags: tagList(inputs) };
  const { OperationId } = await clients.cloudMap.send(new CreatePrivateDnsNamespaceCommand(settings));
  const { Operation } = await clients.cloudMap.send(new GetOperationCommand({ OperationId }));
  const Id = Operation?.Targets?.NAMESPACE as string;
  const { Namespace } = await clients.cloudMap.send(new GetNamespaceCommand({ Id }));
  names.addNamespace(Id, Name);
  return { id: Id, state: { arn: Namespace?.Arn, hostedZone: Namespace?.Properties?.DnsProperties?.HostedZoneId } };
};

const service: Create = async ({ clients, names }, inputs) => {
  const [Name, config] = [text(inputs, "name"), inputs.dnsConfig as Inputs];
  const NamespaceId = text(config, "namespaceId");
  const DnsConfig: DnsConfig = {
    NamespaceId,
    RoutingPolicy: text(config, "routingPolicy") as "MULTIVALUE",
    DnsRecords: list(config, "dnsRecords").map((record) => ({
      Type: text(record, "type") as "A",
      TTL: number(record, "ttl"),
    })),
  };
  const made = await clients.cloudMap.send(new CreateServiceCommand({ Name, DnsConfig, Tags: tagList(inputs) }));
  const id = made.Service?.Id as string;
  names.addService(id, Name, NamespaceId);
  return { id, state: { arn: made.Service?.Arn } };
};

/** The registry of services. */
export const discoveryResources: Readonly<Record<string, Create>> = {
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": namespace,
  "aws:servicediscovery/service:Service": service,
};
