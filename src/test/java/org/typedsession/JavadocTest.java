package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Holds the javadoc to what the build cannot ask for: doclint's group {@code missing} is switched
 * off there, because it wants a tag for each parameter and result, also where the sentence says it.
 */
final class JavadocTest {
  private static final Path MAIN = Path.of("src", "main", "java");

  /** Walks what is seen from outside its package, and collects what has no comment. */
  private static final class Missing extends TreePathScanner<Void, Boolean> {
    private final DocTrees trees;
    private final List<String> found = new ArrayList<>();
    private int seen;

    Missing(DocTrees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitClass(ClassTree type, Boolean inInterface) {
      if (inInterface || isSeen(type.getModifiers())) {
        check(type.getSimpleName().toString(), List.of());
        boolean isInterface =
            type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
        type.getMembers().forEach(member -> scan(member, isInterface));
      }
      return null;
    }

    @Override
    public Void visitMethod(MethodTree method, Boolean inInterface) {
      boolean inherits =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
      boolean isPrivate = method.getModifiers().getFlags().contains(Modifier.PRIVATE);
      if (!inherits && !isPrivate && (inInterface || isSeen(method.getModifiers()))) {
        check(method.getName().toString(), method.getThrows());
      }
      return null;
    }

    @Override
    public Void visitVariable(VariableTree field, Boolean inInterface) {
      if (inInterface || isSeen(field.getModifiers())) {
        check(field.getName().toString(), List.of());
      }
      return null;
    }

    @Override
    public Void visitBlock(BlockTree block, Boolean inInterface) {
      return null;
    }

    private static boolean isSeen(ModifiersTree modifiers) {
      return modifiers.getFlags().contains(Modifier.PUBLIC)
          || modifiers.getFlags().contains(Modifier.PROTECTED);
    }

    private void check(String name, List<? extends ExpressionTree> thrown) {
      seen++;
      CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
      String place = unit.getSourceFile().getName() + ": " + name;
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment == null) {
        found.add(place + " has no comment");
        return;
      }
      Set<String> told =
          comment.getBlockTags().stream()
              .filter(ThrowsTree.class::isInstance)
              .map(tag -> ((ThrowsTree) tag).getExceptionName().getSignature())
              .collect(Collectors.toSet());
      for (ExpressionTree exception : thrown) {
        if (!told.contains(exception.toString())) {
          found.add(place + " has no @throws " + exception);
        }
      }
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(MAIN)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  @Test
  void whatIsPublicOrProtected_always_hasCommentAndThrows() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ENGLISH, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources()));
      Missing missing = new Missing(DocTrees.instance(task));
      for (CompilationUnitTree unit : task.parse()) {
        missing.scan(unit, false);
      }

      assertThat(missing.found).isEmpty();
      // Otherwise the walk was not through the sources.
      assertThat(missing.seen).isGreaterThan(300);
    }
  }
}
