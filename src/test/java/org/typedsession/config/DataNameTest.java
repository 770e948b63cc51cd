package org.typedsession.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DataNameTest {
  // Its type is a name to be given.
  @SuppressWarnings("unused")
  private Map<String, List<DataNameTest>> nested;

  @Test
  void name_ofClass_isItsSimpleName() {
    assertThat(DataName.of(DataNameTest.class))
        .isEqualTo(new DataName("DataNameTest", "org.typedsession.config.DataNameTest"));
  }

  @Test
  void name_ofParameterizedType_hasCharactersOfKeysOnly() throws NoSuchFieldException {
    Type type = DataNameTest.class.getDeclaredField("nested").getGenericType();

    assertThat(DataName.of(type).simple()).isEqualTo("Map-String-List-DataNameTest");
  }
}
