package org.typedsession;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * Which package may know which: root <- spi <- core, with memory, infinispan, json, protostream,
 * rest, config and wildfly beside core, servlet, security, management, assembly and cdi above it,
 * servlet.response below servlet, and log below them. Within infinispan: entry <- cluster <-
 * infinispan <- container.
 *
 * <p>No rule passes on nothing: one that finds no class to judge fails.
 */
@AnalyzeClasses(packages = "org.typedsession", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String ROOT = "org.typedsession";
  private static final String SPI = "org.typedsession.spi..";
  private static final String CORE = "org.typedsession.core..";
  private static final String LOG = "org.typedsession.log..";
  private static final String MEMORY = "org.typedsession.memory..";
  private static final String INFINISPAN = "org.typedsession.infinispan..";
  // The four rooms of it, from the top to the ground.
  private static final String CONTAINER = "org.typedsession.infinispan.container";
  private static final String SESSIONS = "org.typedsession.infinispan";
  private static final String CLUSTER = "org.typedsession.infinispan.cluster";
  private static final String ENTRY = "org.typedsession.infinispan.entry";
  private static final String PROTOSTREAM = "org.typedsession.protostream..";
  private static final String JSON = "org.typedsession.json..";
  private static final String SERVLET = "org.typedsession.servlet..";
  private static final String RESPONSE = "org.typedsession.servlet.response..";
  private static final String SECURITY = "org.typedsession.security..";
  private static final String REST = "org.typedsession.rest..";
  private static final String WILDFLY = "org.typedsession.wildfly..";
  private static final String CONFIG = "org.typedsession.config..";
  private static final String MANAGEMENT = "org.typedsession.management..";
  private static final String ASSEMBLY = "org.typedsession.assembly..";
  private static final String CDI = "org.typedsession.cdi..";

  // A package that is not on the page of the house needs a decision, and then a line here.
  @ArchTest
  static final ArchRule packages_all_areTheKnownOnes =
      classes()
          .should()
          .resideInAnyPackage(
              ROOT,
              SPI,
              CORE,
              LOG,
              MEMORY,
              CONTAINER,
              SESSIONS,
              CLUSTER,
              ENTRY,
              PROTOSTREAM,
              JSON,
              SERVLET,
              SECURITY,
              REST,
              WILDFLY,
              CONFIG,
              MANAGEMENT,
              ASSEMBLY,
              CDI);

  // The API: what an application compiles against.
  @ArchTest
  static final ArchRule root_always_usesTheJdkAndJspecifyOnly =
      classes()
          .that()
          .resideInAPackage(ROOT)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(ROOT, "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule spi_always_usesTheApiTheJdkAndJspecifyOnly =
      classes()
          .that()
          .resideInAPackage(SPI)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(ROOT, SPI, "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule core_always_usesApiSpiLogTheJdkAndJspecifyOnly =
      classes()
          .that()
          .resideInAPackage(CORE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(ROOT, SPI, CORE, LOG, "java..", "javax.crypto..", "org.jspecify..");

  @ArchTest
  static final ArchRule packages_all_areFreeOfCycles =
      slices().assignedFrom(onePerPackage()).should().beFreeOfCycles();

  // What an application or the author of a back-end compiles against names nothing that may change
  // with any version.
  @ArchTest
  static final ArchRule publicTypes_ofApiAndSpi_nameApiAndSpiOnly =
      classes()
          .that()
          .resideInAnyPackage(ROOT, SPI)
          .and()
          .arePublic()
          .should(nameInSignaturesOnly(ROOT, SPI));

  // Below all others, so that each of them may use it.
  @ArchTest
  static final ArchRule log_always_usesTheJdkAndJspecifyOnly =
      classes()
          .that()
          .resideInAPackage(LOG)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(LOG, "java..", "org.jspecify..");

  @ArchTest static final ArchRule config_always_seesApiAndSpiOnly = seesApiAndSpiOnly(CONFIG);

  @ArchTest static final ArchRule memory_always_seesApiAndSpiOnly = seesApiAndSpiOnly(MEMORY);

  @ArchTest
  static final ArchRule infinispan_always_seesApiAndSpiOnly = seesApiAndSpiOnly(INFINISPAN);

  @ArchTest
  static final ArchRule infinispanEntry_always_seesNoOtherRoom =
      seesNoneOf(ENTRY, CLUSTER, SESSIONS, CONTAINER);

  @ArchTest
  static final ArchRule infinispanCluster_always_seesEntriesOnly =
      seesNoneOf(CLUSTER, SESSIONS, CONTAINER);

  @ArchTest
  static final ArchRule infinispanSessions_always_seeNoContainer = seesNoneOf(SESSIONS, CONTAINER);

  // Where a cache comes from is no business of entries and of their watch, nor the other way round.
  @ArchTest
  static final ArchRule infinispanContainer_always_seesNoEntryButTheThread =
      noClasses()
          .that()
          .resideInAPackage(CONTAINER)
          .should()
          .dependOnClassesThat(
              are(
                  resideInAPackage(ENTRY)
                      .and(not(describe("BackgroundThread", ArchitectureTest::isThread)))));

  // One room of its own for those operations that may be in doubt.
  @ArchTest
  static final ArchRule infinispanEntries_outsideEntryAndCluster_areNotAsked =
      noClasses()
          .that()
          .resideOutsideOfPackages(ENTRY, CLUSTER)
          .should()
          .callMethodWhere(
              describe(
                  "the target is of Entries",
                  call -> call.getTargetOwner().getName().equals(ENTRY + ".Entries")));

  @ArchTest
  static final ArchRule protostream_always_seesApiAndSpiOnly = seesApiAndSpiOnly(PROTOSTREAM);

  @ArchTest static final ArchRule json_always_seesApiAndSpiOnly = seesApiAndSpiOnly(JSON);

  @ArchTest static final ArchRule wildfly_always_seesApiAndSpiOnly = seesApiAndSpiOnly(WILDFLY);

  @ArchTest
  static final ArchRule management_always_seesApiSpiAndCoreOnly =
      seesApiAndSpiOnly(MANAGEMENT, CORE);

  @ArchTest
  static final ArchRule jmx_outsideManagement_isUnknown =
      onlyIn(MANAGEMENT).mayUse("javax.management..", "java.lang.management..");

  @ArchTest
  static final ArchRule serviceContainer_outsideWildfly_isUnknown =
      onlyIn(WILDFLY).mayUse("org.jboss.msc..");

  @ArchTest
  static final ArchRule servlet_always_seesApiSpiAndCoreOnly = seesApiAndSpiOnly(SERVLET, CORE);

  // What is stored before a commit is a function to it, so that servlet stands on it and not it on
  // servlet.
  @ArchTest static final ArchRule response_always_seesApiAndSpiOnly = seesApiAndSpiOnly(RESPONSE);

  @ArchTest
  static final ArchRule response_outsideServlet_isUnknown =
      onlyIn(SERVLET).mayUse("org.typedsession.servlet.response..");

  // The composition root. Without CDI, so that plain Java has stores too.
  @ArchTest
  static final ArchRule assembly_always_knowsNoCdi =
      noClasses()
          .that()
          .resideInAPackage(ASSEMBLY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CDI, SECURITY, "jakarta.enterprise..", "jakarta.inject..");

  @ArchTest
  static final ArchRule assembly_outsideCdi_isUnknown = onlyIn(ASSEMBLY, CDI).mayUse(ASSEMBLY);

  // Back-ends, codecs, settings and MBeans are for the composition root to choose.
  @ArchTest
  static final ArchRule cdi_always_leavesTheChoiceToAssembly =
      noClasses()
          .that()
          .resideInAPackage(CDI)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              MEMORY, INFINISPAN, JSON, PROTOSTREAM, CONFIG, MANAGEMENT, REST, WILDFLY);

  // It is a second way to the sessions of the filter, for those who come first.
  @ArchTest
  static final ArchRule security_always_seesApiSpiAndServletOnly =
      seesApiAndSpiOnly(SECURITY, SERVLET);

  // Loaded on servers that have Jakarta Security only.
  @ArchTest
  static final ArchRule securityApi_outsideItsInterceptor_isUnknown =
      noClasses()
          .that()
          .haveNameNotMatching("org\\.typedsession\\.security\\.CallerInterceptor(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jakarta.security..");

  // Loaded by implementations of Jakarta REST only, so that servers without one have no need of it.
  @ArchTest static final ArchRule rest_always_seesApiAndSpiOnly = seesApiAndSpiOnly(REST);

  @ArchTest
  static final ArchRule restApi_outsideRest_isUnknown = onlyIn(REST).mayUse("jakarta.ws.rs..");

  @ArchTest
  static final ArchRule infinispanAndTransactions_outsideInfinispan_areUnknown =
      onlyIn(INFINISPAN, PROTOSTREAM)
          .mayUse("org.infinispan..", "org.jgroups..", "jakarta.transaction..");

  // Applications that keep their sessions in memory may have them encoded so.
  @ArchTest
  static final ArchRule protostream_always_usesNoCache =
      noClasses()
          .that()
          .resideInAPackage(PROTOSTREAM)
          .should()
          .dependOnClassesThat(
              are(
                  resideInAnyPackage("org.infinispan..", "org.jgroups..")
                      .and(not(resideInAPackage("org.infinispan.protostream..")))));

  @ArchTest
  static final ArchRule servletApi_outsideServletAndSecurity_isUnknown =
      onlyIn(SERVLET, SECURITY).mayUse("jakarta.servlet..");

  @ArchTest
  static final ArchRule jackson_outsideJson_isUnknown =
      onlyIn(JSON).mayUse("com.fasterxml.jackson..");

  @ArchTest
  static final ArchRule cdiApi_outsideCdiServletAndSecurity_isUnknown =
      onlyIn(CDI, SERVLET, SECURITY).mayUse("jakarta.enterprise..", "jakarta.inject..");

  // The build has all of Jakarta EE. A server that has less must be able to load the library too.
  @ArchTest
  static final ArchRule jakartaEe_besideTheseParts_isUnknown =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("jakarta..")
                  .and(
                      not(
                          resideInAnyPackage(
                              "jakarta.annotation",
                              "jakarta.enterprise.context..",
                              "jakarta.enterprise.event..",
                              "jakarta.enterprise.inject..",
                              "jakarta.enterprise.util..",
                              "jakarta.inject..",
                              "jakarta.interceptor..",
                              "jakarta.security.enterprise..",
                              "jakarta.servlet",
                              "jakarta.servlet.http",
                              "jakarta.transaction..",
                              "jakarta.ws.rs.."))));

  @ArchTest
  static final ArchRule microProfile_outsideAssemblyAndCdi_isUnknown =
      onlyIn(ASSEMBLY, CDI).mayUse("org.eclipse.microprofile..");

  // The others are loaded on every server, this one only where the library is there.
  @ArchTest
  static final ArchRule microProfileHealth_outsideItsReadinessCheck_isUnknown =
      noClasses()
          .that()
          .haveNameNotMatching("org\\.typedsession\\.cdi\\.ReadinessCheck(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.microprofile.health..");

  // Time and randomness are handed in, so that tests can move the one and repeat the other.
  @ArchTest
  static final ArchRule timeAndRandomness_outsideAssemblyAndCdi_areInjected =
      noClasses()
          .that()
          .resideOutsideOfPackages(ASSEMBLY, CDI)
          .should()
          .accessTargetWhere(isAmbientTimeOrRandomness());

  @ArchTest
  static final ArchRule logging_always_isSystemLogger =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.util.logging..",
              "org.slf4j..",
              "org.jboss.logging..",
              "org.apache.logging..",
              "org.apache.commons.logging..");

  @ArchTest
  static final ArchRule packages_always_hideByPackagePrivate =
      noClasses().should().resideInAPackage("..internal..");

  @ArchTest
  static final ArchRule packages_always_areNullMarked =
      classes().should(resideInNullMarkedPackage());

  // A client proxy has to implement them; a sealed one fails with WELD-001524.
  @ArchTest
  static final ArchRule injectedInterfaces_always_areNotSealed =
      classes()
          .that()
          .resideInAPackage(ROOT)
          .and()
          .haveNameMatching("org\\.typedsession\\.Session(Store)?")
          .should(notBeSealed());

  private static ArchRule seesApiAndSpiOnly(String ownPackage) {
    return seesApiAndSpiOnly(ownPackage, ownPackage);
  }

  private static ArchRule seesApiAndSpiOnly(String ownPackage, String another) {
    DescribedPredicate<JavaClass> otherPackagesOfOurs =
        resideInAPackage("org.typedsession..")
            .and(not(resideInAnyPackage(ROOT, SPI, LOG, ownPackage, another)))
            .as("are of org.typedsession, but neither API nor SPI nor log nor of the same package");
    return noClasses()
        .that()
        .resideInAPackage(ownPackage)
        .should()
        .dependOnClassesThat(are(otherPackagesOfOurs));
  }

  private static ArchRule seesNoneOf(String room, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others);
  }

  private static boolean isThread(JavaClass type) {
    return type.getSimpleName().equals("BackgroundThread");
  }

  private static SliceAssignment onePerPackage() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return SliceIdentifier.of(type.getPackageName());
      }

      @Override
      public String getDescription() {
        return "packages";
      }
    };
  }

  private static ArchCondition<JavaClass> nameInSignaturesOnly(String... packages) {
    DescribedPredicate<JavaClass> foreign =
        resideInAPackage("org.typedsession..").and(not(resideInAnyPackage(packages)));
    return new ArchCondition<>("name types of the API and the SPI only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Set<JavaClass> named =
            Stream.concat(supertypes(type), visibleMembers(type).flatMap(ArchitectureTest::types))
                .flatMap(used -> used.getAllInvolvedRawTypes().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (JavaClass other : named) {
          events.add(
              new SimpleConditionEvent(
                  type, !foreign.test(other), type.getName() + " names " + other.getName()));
        }
      }
    };
  }

  private static Stream<JavaType> supertypes(JavaClass type) {
    return Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
  }

  private static Stream<JavaMember> visibleMembers(JavaClass type) {
    return type.getMembers().stream()
        .filter(
            member ->
                member.getModifiers().contains(JavaModifier.PUBLIC)
                    || member.getModifiers().contains(JavaModifier.PROTECTED));
  }

  private static Stream<JavaType> types(JavaMember member) {
    if (member instanceof JavaCodeUnit code) {
      return Stream.of(
              Stream.of(code.getReturnType()),
              code.getParameterTypes().stream(),
              code.getExceptionTypes().stream())
          .flatMap(Function.identity());
    }
    return Stream.of(((JavaField) member).getType());
  }

  private static OnlyIn onlyIn(String... packages) {
    return forbidden ->
        noClasses()
            .that()
            .resideOutsideOfPackages(packages)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden);
  }

  private interface OnlyIn {
    ArchRule mayUse(String... packages);
  }

  // Accesses, not calls: a method reference counts as well.
  private static DescribedPredicate<JavaAccess<?>> isAmbientTimeOrRandomness() {
    Set<String> clocks = Set.of("now", "system", "systemUTC", "systemDefaultZone");
    return describe(
        "target is Instant.now, InstantSource.system, Clock.system*, System.currentTimeMillis or"
            + " SecureRandom's constructor or factory",
        access -> {
          JavaClass owner = access.getTargetOwner();
          String name = access.getTarget().getName();
          boolean clock =
              owner.isEquivalentTo(Instant.class)
                  || owner.isEquivalentTo(InstantSource.class)
                  || owner.isEquivalentTo(Clock.class);
          return (clock && clocks.contains(name))
              || (owner.isEquivalentTo(System.class) && name.equals("currentTimeMillis"))
              || (owner.isEquivalentTo(SecureRandom.class)
                  && (name.equals("<init>") || name.startsWith("getInstance")));
        });
  }

  private static ArchCondition<JavaClass> resideInNullMarkedPackage() {
    return new ArchCondition<>("reside in a package that is @NullMarked") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(
            new SimpleConditionEvent(
                type, marked, "package of " + type.getName() + " lacks @NullMarked"));
      }
    };
  }

  private static ArchCondition<JavaClass> notBeSealed() {
    return new ArchCondition<>("not be sealed") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean open = !type.reflect().isSealed();
        events.add(new SimpleConditionEvent(type, open, type.getName() + " is sealed"));
      }
    };
  }
}
