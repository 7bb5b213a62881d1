/** A name of Java's that a file of Job DSL writes out, such as `hudson.util.Secret`; what its methods return is the text they were given. */
class Java {
  private final Object text

  Java(Object text) {
    this.@text = text
  }

  @Override
  Object getProperty(String name) {
    new Java("${this.@text}.$name")
  }

  @Override
  Object invokeMethod(String name, Object args) {
    def given = args as List
    if (!given) return this.@text
    new Java(given[0] instanceof byte[] ? new String(given[0], 'UTF-8') : given[0])
  }

  @Override
  String toString() {
    this.@text.toString()
  }
}
