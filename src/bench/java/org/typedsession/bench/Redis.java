package org.typedsession.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;

/**
 * The Redis of this machine's distribution, as a process of our own that stores nothing on disk.
 */
final class Redis implements Backends.Backend {
  private static final String PROGRAM = "redis-server";
  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final int port;
  private final List<LettuceConnectionFactory> connections = new ArrayList<>();
  private final RedisTemplate<String, Object> own;

  Redis() throws IOException {
    Path program =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .map(folder -> Path.of(folder, PROGRAM))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new IOException("no " + PROGRAM + " is on the PATH"));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      port = free.getLocalPort();
    }
    process =
        new ProcessBuilder(
                program.toString(),
                "--bind",
                HOST,
                "--port",
                Integer.toString(port),
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-redis"));
    Awaitility.await(PROGRAM + " serves").atMost(PATIENCE).until(this::serves);
    own = template();
  }

  private boolean serves() {
    if (!process.isAlive()) {
      throw new IllegalStateException(PROGRAM + " has ended");
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(HOST, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private RedisTemplate<String, Object> template() {
    LettuceConnectionFactory factory = new LettuceConnectionFactory(HOST, port);
    factory.afterPropertiesSet();
    factory.start();
    connections.add(factory);
    RedisTemplate<String, Object> template = new RedisTemplate<>();
    template.setKeySerializer(RedisSerializer.string());
    template.setHashKeySerializer(RedisSerializer.string());
    template.setConnectionFactory(factory);
    template.afterPropertiesSet();
    return template;
  }

  @Override
  public SessionRepository<?> repository() {
    return new RedisSessionRepository(template());
  }

  @Override
  public void clear() {
    own.execute(
        connection -> {
          connection.serverCommands().flushAll();
          return null;
        },
        true);
  }

  @Override
  public long processorNanos() {
    return Backends.processorNanos(process.toHandle());
  }

  @Override
  public void close() {
    connections.forEach(LettuceConnectionFactory::destroy);
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
