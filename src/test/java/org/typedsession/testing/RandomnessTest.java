package org.typedsession.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Which sources of randomness tests may use. */
@AnalyzeClasses(packages = "org.typedsession", importOptions = ImportOption.OnlyIncludeTests.class)
final class RandomnessTest {

  @ArchTest
  static final ArchRule tests_always_drawFromTheSeed =
      noClasses()
          .that()
          // What runs in a server draws cookie values and handles, on which no outcome depends.
          .resideOutsideOfPackages(
              "org.typedsession.servlet.filterapp..", "org.typedsession.example..")
          .and()
          .doNotHaveFullyQualifiedName("org.typedsession.it.tests.ServerCacheIT")
          .should()
          .accessTargetWhere(isWithoutASeed());

  private static DescribedPredicate<JavaAccess<?>> isWithoutASeed() {
    return DescribedPredicate.describe(
        "target is a source of randomness without a seed",
        access -> {
          AccessTarget target = access.getTarget();
          boolean made = target.getName().equals("<init>");
          boolean withoutArguments =
              target instanceof AccessTarget.CodeUnitAccessTarget unit
                  && unit.getRawParameterTypes().isEmpty();
          return target.getOwner().isEquivalentTo(ThreadLocalRandom.class)
              || (target.getOwner().isEquivalentTo(SecureRandom.class) && made)
              || (target.getOwner().isEquivalentTo(Random.class) && made && withoutArguments)
              || (target.getOwner().isEquivalentTo(RandomGenerator.class)
                  && target.getName().equals("getDefault"))
              || (target.getOwner().isEquivalentTo(Math.class) && target.getName().equals("random"))
              || (target.getOwner().isEquivalentTo(UUID.class)
                  && target.getName().equals("randomUUID"));
        });
  }
}
