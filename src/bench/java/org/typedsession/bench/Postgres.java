package org.typedsession.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.SessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A PostgreSQL of its own, as the tests of others use it: it waits for no disk, neither at a commit
 * nor later, which spares it the most of what it is for.
 */
final class Postgres implements Backends.Backend {
  // As many as it takes for the members' threads, who wait for nothing else.
  private static final int CONNECTIONS = 64;

  private final EmbeddedPostgres server;
  private final Path data;
  private final List<HikariDataSource> pools = new ArrayList<>();
  private final JdbcTemplate own;

  Postgres() throws IOException {
    data = Files.createTempDirectory("bench-postgres");
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(true)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
            .start();
    own = new JdbcTemplate(server.getPostgresDatabase());
    new ResourceDatabasePopulator(
            new ClassPathResource("org/springframework/session/jdbc/schema-postgresql.sql"))
        .execute(server.getPostgresDatabase());
  }

  @Override
  public SessionRepository<?> repository() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(server.getJdbcUrl("postgres", "postgres"));
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    HikariDataSource pool = new HikariDataSource(config);
    pools.add(pool);
    JdbcIndexedSessionRepository repository =
        new JdbcIndexedSessionRepository(
            new JdbcTemplate(pool),
            new TransactionTemplate(new DataSourceTransactionManager(pool)));
    repository.setCleanupCron(Scheduled.CRON_DISABLED);
    repository.afterPropertiesSet();
    return repository;
  }

  @Override
  public void clear() {
    own.execute("TRUNCATE SPRING_SESSION CASCADE");
  }

  // What starts it ends at once; the first line of its file is its number.
  @Override
  public long processorNanos() {
    try {
      long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
      return Backends.processorNanos(ProcessHandle.of(pid).orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    pools.forEach(HikariDataSource::close);
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
