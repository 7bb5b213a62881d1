/** What a Jenkinsfile is compiled into: names it does not define itself go to the interpreter. */
abstract class JenkinsfileScript extends Script {
  Interpreter interpreter

  Object methodMissing(String name, Object args) {
    this.@interpreter.call(name, args as List)
  }

  @Override
  Object getProperty(String name) {
    name in ['class', 'metaClass'] ? super.getProperty(name) : this.@interpreter.property(name)
  }

  @Override
  void setProperty(String name, Object value) {
    if (name == 'interpreter') this.@interpreter = value
    else this.@interpreter.assign(name, value)
  }

  // Groovy gives every object these; in a Jenkinsfile they are steps.
  @Override
  void println(Object message) {
    this.@interpreter.call('echo', [message])
  }

  Object sleep(Object time) {
    this.@interpreter.call('sleep', [time])
  }
}
