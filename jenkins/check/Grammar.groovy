import org.codehaus.groovy.ast.expr.BinaryExpression
import org.codehaus.groovy.ast.expr.ClosureExpression
import org.codehaus.groovy.ast.expr.MethodCallExpression
import org.codehaus.groovy.ast.stmt.ExpressionStatement
import org.codehaus.groovy.ast.stmt.Statement
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.Phases

/** What Declarative Pipeline allows of Groovy: words alone outside of script, and assignments in environment. */
class Grammar {
  private static final List<String> FREE = ['script', 'expression']

  private final List<Map> problems = []

  /** The statements that Jenkins would refuse, each with its line. The text must be one that Groovy compiles. */
  static List<Map> check(String text) {
    def unit = new CompilationUnit()
    unit.addSource('Jenkinsfile', text)
    unit.compile(Phases.CONVERSION)
    def grammar = new Grammar()
    unit.AST.modules.each { module -> grammar.visit(module.statementBlock.statements.findAll { wordOf(it) == 'pipeline' }, 'the file') }
    grammar.problems
  }

  private void visit(List<Statement> statements, String block) {
    statements.each { statement ->
      def word = wordOf(statement)
      if (word == null && !(block == 'environment' && isAssignment(statement))) {
        problems << [line: statement.lineNumber, message: "\"$block\" takes words only, no other Groovy: put it into script { … } inside of steps".toString()]
      } else if (word != null && !(word in FREE)) {
        def body = statement.expression.arguments.expressions.find { it instanceof ClosureExpression }
        if (body) visit(body.code.statements, word)
      }
    }
  }

  /** The word of a statement such as `word argument { … }`, or null. */
  private static String wordOf(Statement statement) {
    def call = statement instanceof ExpressionStatement ? statement.expression : null
    call instanceof MethodCallExpression && call.implicitThis ? call.methodAsString : null
  }

  private static boolean isAssignment(Statement statement) {
    statement instanceof ExpressionStatement && statement.expression instanceof BinaryExpression && statement.expression.operation.text == '='
  }
}
