export const VOLUME = "vol-0123456789abcdef0";

/** The group's EBS volume, as EC2 tells of it. Attaching and detaching have happened by the next look but one. */
export class FakeVolume {
  /** `available`, or what becomes of its attachment to `holder`. */
  state = "available";
  holder: string | undefined;

  attach(instance: string): string {
    this.state = "attaching";
    this.holder = instance;
    return "<AttachVolumeResponse/>";
  }

  detach(): string {
    this.state = "detaching";
    return "<DetachVolumeResponse/>";
  }

  /** The answer to DescribeVolumes, as short as the API's reference allows; then things go one step on. */
  describe(): string {
    const { state, holder } = this;
    if (state === "attaching") this.state = "attached";
    if (state === "detaching") {
      this.state = "available";
      this.holder = undefined;
    }
    const attachment = holder
      ? `<attachmentSet>
          <item>
            <volumeId>${VOLUME}</volumeId><instanceId>${holder}</instanceId><device>/dev/sdf</device>
            <status>${state}</status><attachTime>2026-01-31T12:00:00.000Z</attachTime>
            <deleteOnTermination>false</deleteOnTermination>
          </item>
        </attachmentSet>`
      : "<attachmentSet/>";
    return `<?xml version="1.0" encoding="UTF-8"?>
      <DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
        <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
        <volumeSet><item>
          <volumeId>${VOLUME}</volumeId><size>10</size><snapshotId/><availabilityZone>eu-west-1a</availabilityZone>
          <status>${holder ? "in-use" : state}</status><createTime>2026-01-31T12:00:00.000Z</createTime>
          ${attachment}
          <tagSet><item><key>Name</key><value>towline-test-db</value></item></tagSet><volumeType>gp3</volumeType>
        </item></volumeSet>
      </DescribeVolumesResponse>`;
  }
}
