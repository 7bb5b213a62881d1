import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.MultipleCompilationErrorsException

/** Runs one file of Groovy whose own words it answers itself, and keeps them as a tree with the problems it finds. */
abstract class Recorder {
  /** The name Groovy compiles every file under; stack frames with it tell the line. */
  protected static final String SCRIPT = 'Jenkinsfile'

  final List<Map> problems = []
  final Map root = [word: '(file)', line: 1, args: [], body: []]
  protected Map current = root

  /** Every call the script does not define itself comes here. */
  abstract Object call(String word, List args)

  /** Every name the script does not define itself comes here. */
  abstract Object property(String name)

  abstract void assign(String name, Object value)

  /** Looks at the whole once it has been read. */
  protected abstract void finish()

  void run(String text) {
    def configuration = new CompilerConfiguration(scriptBaseClass: RecordedScript.name)
    try {
      def script = new GroovyShell(getClass().classLoader, new Binding(), configuration).parse(text, SCRIPT)
      script.recorder = this
      before(text)
      script.run()
      finish()
    } catch (MultipleCompilationErrorsException e) {
      def cause = e.errorCollector.getSyntaxError(0)
      problem(cause.originalMessage, cause.line)
    } catch (Stop ignored) {
      // Its problem is noted.
    } catch (Exception | StackOverflowError e) {
      problem("${e.class.simpleName}: ${e.message}", lineOf(e))
    }
  }

  /** Looks at the text before it is run. */
  protected void before(String text) {}

  protected String place() {
    current.word == '(file)' ? 'outside of any block' : "in \"${current.word}\""
  }

  protected void problem(Object message, int line) {
    problems << [line: line, message: message.toString()]
  }

  protected static int lineOf(Throwable throwable) {
    throwable.stackTrace.find { it.fileName == SCRIPT && it.lineNumber > 0 }?.lineNumber ?: 1
  }
}
