/** What a checked file is compiled into: names it does not define itself go to the recorder. */
abstract class RecordedScript extends Script {
  Recorder recorder

  Object methodMissing(String name, Object args) {
    this.@recorder.call(name, args as List)
  }

  @Override
  Object getProperty(String name) {
    name in ['class', 'metaClass'] ? super.getProperty(name) : this.@recorder.property(name)
  }

  @Override
  void setProperty(String name, Object value) {
    if (name == 'recorder') this.@recorder = value
    else this.@recorder.assign(name, value)
  }

  // Groovy gives every object these; in a Jenkinsfile they are steps.
  @Override
  void println(Object message) {
    this.@recorder.call('echo', [message])
  }

  Object sleep(Object time) {
    this.@recorder.call('sleep', [time])
  }
}
