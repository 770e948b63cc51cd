<?xml version="1.0" encoding="UTF-8"?>
<!-- The domain.xml that Payara comes with, but with the ports for HTTP and administration only, both on 127.0.0.1, and
     with JVM options of a node. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:param name="http-port"/>
  <xsl:param name="admin-port"/>
  <xsl:param name="jvm-option"/>

  <xsl:template match="@*|node()">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
    </xsl:copy>
  </xsl:template>

  <xsl:template match="config[@name='server-config']//network-listener[@name='http-listener-1']/@port">
    <xsl:attribute name="port"><xsl:value-of select="$http-port"/></xsl:attribute>
    <xsl:attribute name="address">127.0.0.1</xsl:attribute>
  </xsl:template>
  <xsl:template match="config[@name='server-config']//network-listener[@name='admin-listener']/@port">
    <xsl:attribute name="port"><xsl:value-of select="$admin-port"/></xsl:attribute>
    <xsl:attribute name="address">127.0.0.1</xsl:attribute>
  </xsl:template>

  <xsl:template match="config[@name='server-config']//network-listener[@name='http-listener-2']"/>
  <xsl:template match="config[@name='server-config']//virtual-server[@id='server']/@network-listeners">
    <xsl:attribute name="network-listeners">http-listener-1</xsl:attribute>
  </xsl:template>
  <xsl:template match="config[@name='server-config']//iiop-listener"/>
  <xsl:template match="config[@name='server-config']//jmx-connector/@address">
    <xsl:attribute name="address">127.0.0.1</xsl:attribute>
    <xsl:attribute name="enabled">false</xsl:attribute>
  </xsl:template>
  <!-- Otherwise it listens at every address for clients of a message broker that nobody asks for. -->
  <xsl:template match="config[@name='server-config']">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
      <jms-service type="DISABLED" default-jms-host="default_JMS_host">
        <jms-host name="default_JMS_host" host="localhost" port="${JMS_PROVIDER_PORT}"/>
      </jms-service>
    </xsl:copy>
  </xsl:template>
  <!-- Payara's own cluster. -->
  <xsl:template match="config[@name='server-config']//hazelcast-config-specific-configuration">
    <hazelcast-config-specific-configuration enabled="false"/>
  </xsl:template>

  <xsl:template match="config[@name='server-config']/java-config">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
      <jvm-options><xsl:value-of select="$jvm-option"/></jvm-options>
    </xsl:copy>
  </xsl:template>
</xsl:stylesheet>
