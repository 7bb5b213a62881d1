/**
 * Values a build gets from outside (environment, parameters, output of commands) stand for themselves while a Jenkinsfile is
 * checked: as text with marks around their name, which survive interpolation and concatenation.
 */
class Outside {
  private static final String OPEN = '\uE000'
  private static final String CLOSE = '\uE001'

  static String value(String name) {
    OPEN + name + CLOSE
  }

  /** The name of the first outside value in a text, or null. */
  static String nameIn(Object text) {
    def match = text =~ /${OPEN}([^${CLOSE}]*)${CLOSE}/
    match ? match[0][1] : null
  }

  /** A recorded value as a person writes it: outside values as `${name}`, texts as plain strings, blocks left out. */
  static Object readable(Object value) {
    if (value instanceof Map) return value.collectEntries { key, entry -> [key as String, readable(entry)] }
    if (value instanceof Collection) return value.collect { readable(it) }
    if (value instanceof Number || value instanceof Boolean || value == null) return value
    value.toString().replace(OPEN, '${').replace(CLOSE, '}')
  }
}
