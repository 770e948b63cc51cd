package org.typedsession.infinispan;

import java.util.List;
import javax.sql.DataSource;
import org.infinispan.remoting.transport.jgroups.JGroupsChannelConfigurator;
import org.jgroups.JChannel;
import org.jgroups.conf.ProtocolConfiguration;
import org.jgroups.util.SocketFactory;

/** Hands out a channel that is put together already. */
public record ReadyChannel(JChannel channel) implements JGroupsChannelConfigurator {
  @Override
  public String getProtocolStackString() {
    return "";
  }

  @Override
  public List<ProtocolConfiguration> getProtocolStack() {
    return List.of();
  }

  @Override
  public String getName() {
    return channel.getName();
  }

  @Override
  public JChannel createChannel(String clusterName) {
    return channel;
  }

  @Override
  public void setSocketFactory(SocketFactory socketFactory) {}

  @Override
  public void setDataSource(DataSource dataSource) {}
}
