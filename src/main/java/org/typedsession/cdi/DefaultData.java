package org.typedsession.cdi;

import jakarta.enterprise.inject.AmbiguousResolutionException;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DefinitionException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.typedsession.assembly.DataType;

/** Where the data of a client without a session comes from. */
final class DefaultData {
  private DefaultData() {}

  /**
   * A bean of the data's type, else its constructor without parameters, whatever its visibility: a
   * data class is often not public, and a codec has to build it all the same.
   *
   * @throws DefinitionException if there is neither, or the bean cannot be used; the text says why
   */
  static Supplier<Object> of(DataType type, BeanManager beans, ApplicationBeans application) {
    Bean<?> bean = bean(type, beans, application);
    return bean == null ? constructor(type) : reference(type, bean, beans);
  }

  private static @Nullable Bean<?> bean(
      DataType type, BeanManager beans, ApplicationBeans application) {
    Set<Bean<?>> candidates =
        meant(type, application.find(beans, type.type(), Default.Literal.INSTANCE), beans);
    try {
      return candidates.isEmpty() ? null : beans.resolve(candidates);
    } catch (AmbiguousResolutionException e) {
      throw new DefinitionException(Messages.ambiguousDefault(type.toString(), e.getMessage()), e);
    }
  }

  /**
   * Without the classes that are beans for no other reason than that their archive says {@code
   * bean-discovery-mode="all"}: of a sealed type, every subtype without components is, and one of
   * them would compete with the producer, or be what all sessions begin with. The data's own class
   * counts if nothing else does.
   */
  private static Set<Bean<?>> meant(DataType type, Set<Bean<?>> candidates, BeanManager beans) {
    Set<Bean<?>> meant =
        candidates.stream()
            .filter(bean -> !isDataByChance(type, bean, beans))
            .collect(Collectors.toSet());
    return meant.isEmpty()
        ? candidates.stream()
            .filter(bean -> bean.getBeanClass() == type.raw())
            .collect(Collectors.toSet())
        : meant;
  }

  private static boolean isDataByChance(DataType type, Bean<?> bean, BeanManager beans) {
    Class<?> data = bean.getBeanClass();
    // A producer has the class that declares it here, which is none of its types.
    return type.raw().isAssignableFrom(data)
        && bean.getTypes().contains(data)
        && Arrays.stream(data.getAnnotations())
            .map(Annotation::annotationType)
            .noneMatch(mark -> beans.isScope(mark) || beans.isStereotype(mark));
  }

  private static Supplier<Object> reference(DataType type, Bean<?> bean, BeanManager beans) {
    if (beans.isNormalScope(bean.getScope())) {
      throw new DefinitionException(
          Messages.scopedDefault(type.toString(), bean.getScope().getSimpleName()));
    }
    return () -> {
      try {
        // Never released: the object lives on as session data, which no context ends.
        return beans.getReference(bean, type.type(), beans.createCreationalContext(bean));
      } catch (RuntimeException e) {
        throw new IllegalStateException(Messages.defaultNotMade(bean.toString(), e.toString()), e);
      }
    };
  }

  private static Supplier<Object> constructor(DataType type) {
    Class<?> data = type.raw();
    if (Modifier.isAbstract(data.getModifiers())) {
      throw new DefinitionException(
          Messages.noDefault(
              type.toString(),
              "is abstract and has no CDI bean that says which of its subtypes a session begins with"));
    }
    try {
      Constructor<?> constructor = data.getDeclaredConstructor();
      constructor.setAccessible(true);
      return () -> newInstance(constructor);
    } catch (NoSuchMethodException | InaccessibleObjectException e) {
      throw new DefinitionException(
          Messages.noDefault(
              type.toString(), "has neither a CDI bean nor a constructor without parameters"),
          e);
    }
  }

  private static Object newInstance(Constructor<?> constructor) {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(constructor + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(constructor + " cannot be called", e);
    }
  }
}
